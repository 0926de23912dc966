import { spawn } from 'node:child_process'

/** Runs a command to its end and gives what it printed; fails with all that it said when it does not go well. */
export async function output(command: readonly string[], seconds: number): Promise<string> {
  const [file = '', ...rest] = command
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'], timeout: seconds * 1000 })
  let said = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const how = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${signal ?? code}`))
  })
  if (how === '') return said
  const late = how.endsWith('SIGTERM') ? `; it was given ${seconds} s` : ''
  throw new Error(`${command.join(' ')}\n${how}${late}\n${complaint.trim()}`)
}
