import { readFileSync, statSync } from 'node:fs'
import { SerialError } from '../errors.ts'

/** What a file says; throws `INVALID_OPTION` where it can't be read. */
export function contentsOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const message = `${file} can not be read: ${(error as Error).message}`
    throw new SerialError('INVALID_OPTION', message, { cause: error })
  }
}

/** Whether others than its owner may read a file; never where the system has no owners of this kind. */
export function isReadByOthers(file: string): boolean {
  return process.getuid !== undefined && (statSync(file).mode & 0o077) !== 0
}
