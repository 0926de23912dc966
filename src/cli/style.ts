import { styleText } from 'node:util'

/** Something that text is written to: standard output or standard error. */
export type Out = NodeJS.WriteStream

export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string

/** Colours where they can be seen: on a terminal, unless NO_COLOR is set. */
export function painter(stream: Out): Paint {
  return (format, text) => styleText(format, text, { stream })
}

/** Resolves when the bytes are on their way; never rejects, since an output that fails is reported by its `error` event. */
export function print(stream: Out, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => stream.write(data, () => resolve()))
}

/** The columns of a terminal; 80 where it does not know. */
export function columnsOf(stream: Out): number {
  return stream.columns || 80
}

/** `12.3 kB`. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3))
  const value = bytes / 1000 ** step
  return `${step === 0 ? value : value.toFixed(1)} ${units[step]}`
}

/** `1,234 bytes`. */
export function count(bytes: number, unit: string = 'byte'): string {
  return `${bytes.toLocaleString('en')} ${unit}${bytes === 1 ? '' : 's'}`
}
