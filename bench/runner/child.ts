import { spawn } from 'node:child_process'

/** A program was not done in the time it was given, or says itself that it has waited for too long. */
export class Late extends Error {}

/** The result that a program printed. */
export function parseResult(printed: string): unknown {
  const result = JSON.parse(printed) as object
  if ('stalled' in result) throw new Late(String(result.stalled))
  return result
}

/** Runs a command to its end and gives what it printed; fails with all that it said when it does not go well. */
export async function output(command: readonly string[], seconds: number): Promise<string> {
  const [file = '', ...rest] = command
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, seconds * 1000)
  let said = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const how = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${signal ?? code}`))
  })
  clearTimeout(timer)
  if (late) throw new Late(`${command.join(' ')}\nwas not done after ${seconds} s\n${complaint.trim()}`)
  if (how === '') return said
  throw new Error(`${command.join(' ')}\n${how}\n${complaint.trim()}`)
}
