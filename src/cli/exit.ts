import { SerialError } from '../errors.ts'

/** What a shell is told; `docs/cli.md` and `--help` list them. After a signal it is 128 and the signal's number. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const

/** The command line asks for something that does not exist or can't be. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export function exitCodeOf(error: unknown): number {
  const usage =
    error instanceof UsageError || (error instanceof SerialError && error.code === 'INVALID_OPTION')
  return usage ? exitCodes.usage : exitCodes.failure
}

/** The error in one line, for a person. */
export function describe(error: unknown): string {
  if (error instanceof SerialError) return oneLine(`${error.code}: ${error.message}`)
  if (error instanceof Error) return oneLine(error.message)
  return oneLine(String(error))
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ')
}
