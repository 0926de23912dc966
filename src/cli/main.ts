#!/usr/bin/env node
import { inspect } from 'node:util'
import { CommanderError } from 'commander'
import { parse } from './args.ts'
import { describe, exitCodeOf, exitCodes } from './exit.ts'
import { Stop } from './stop.ts'

/** Nobody reads on: a pipe that was closed is a regular end, and a terminal that is gone as good as a SIGHUP. */
const unread: Readonly<Record<string, number>> = { EPIPE: exitCodes.ok, EIO: exitCodes.hangup }

async function main(args: readonly string[]): Promise<number> {
  const stop = new Stop()
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    const code = unread[error.code ?? ''] ?? exitCodes.failure
    stop.now(code)
    if (code !== exitCodes.failure) return
    complain(error, args)
    // It may come to light when all else is done.
    process.exitCode = code
  })
  // More of the same says nothing new.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  try {
    const job = parse(args)
    stop.listen()
    const code = await job(stop)
    stop.now(code)
    return stop.code ?? code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (stop.code !== undefined) return stop.code
    complain(error, args)
    return exitCodeOf(error)
  } finally {
    stop.release()
  }
}

function complain(error: unknown, args: readonly string[]): void {
  process.stderr.write(`baud: ${describe(error)}\n`)
  const debug = args.includes('--debug') || (process.env['BAUD_DEBUG'] ?? '0') !== '0'
  if (debug) process.stderr.write(`${inspect(error)}\n`)
}

process.exitCode = await main(process.argv.slice(2))
// A regular end without the terminal that it began with makes Node abort: it can't put the terminal's settings back.
// Source: Node, src/node.cc, ResetStdio.
if (process.exitCode === exitCodes.hangup) process.kill(process.pid, 'SIGHUP')
