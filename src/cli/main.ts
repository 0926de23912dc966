#!/usr/bin/env node
import { CommanderError } from 'commander'
import { parse } from './args.ts'
import { describe, exitCodeOf, exitCodes } from './exit.ts'
import { Stop } from './stop.ts'

/** Nobody reads on: a pipe that was closed is a regular end, and a terminal that is gone as good as a SIGHUP. */
const unread: Readonly<Record<string, number>> = { EPIPE: exitCodes.ok, EIO: exitCodes.hangup }

async function main(args: readonly string[]): Promise<number> {
  const stop = new Stop()
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    const code = unread[error.code ?? '']
    if (code === undefined) complain(error, args)
    stop.now(code ?? exitCodes.failure)
    // It may come to light when all else is done.
    process.exitCode = stop.code
  })
  process.stderr.on('error', () => {})
  try {
    const job = parse(args)
    stop.listen()
    const code = await job(stop)
    return stop.code ?? code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (stop.code !== undefined) return stop.code
    complain(error, args)
    return exitCodeOf(error)
  }
}

function complain(error: unknown, args: readonly string[]): void {
  process.stderr.write(`baud: ${describe(error)}\n`)
  const debug = args.includes('--debug') || (process.env['BAUD_DEBUG'] ?? '0') !== '0'
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`)
}

process.exitCode = await main(process.argv.slice(2))
