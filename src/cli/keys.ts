import { UsageError } from './exit.ts'

/** A control key by its name (`ctrl-]`, `^T`) or its number (`29`, `0x1d`), as the byte that a terminal sends for it. */
export function parseKey(text: string): number {
  const [, letter] = /^(?:ctrl[-+]|\^)([a-z@[\\\]^_?])$/i.exec(text) ?? []
  const code =
    letter === undefined
      ? Number(text || Number.NaN)
      : letter === '?'
        ? 0x7f
        : letter.toUpperCase().charCodeAt(0) & 0x1f
  if (Number.isInteger(code) && ((code >= 0 && code < 0x20) || code === 0x7f)) return code
  throw new UsageError(
    `"${text}" is no control key; say it like ctrl-a, ctrl-], ^A, or by its number from 0 to 31`,
  )
}

/** `Ctrl-]` */
export function keyName(code: number): string {
  return code === 0x7f ? 'Ctrl-?' : `Ctrl-${String.fromCharCode(code + 0x40)}`
}
