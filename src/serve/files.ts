import { readFileSync, statSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { SerialError } from '../errors.ts'

/** A certificate and its key. */
export interface Identity {
  readonly cert: Buffer
  readonly key: Buffer
}

/** What a file says; throws `INVALID_OPTION` where it can't be read. */
export function contentsOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const message = `${file} can not be read: ${(error as Error).message}`
    throw new SerialError('INVALID_OPTION', message, { cause: error })
  }
}

/** Throws `INVALID_OPTION` where the two are not what they should be. */
export function readIdentity(files: { readonly cert: string; readonly key: string }): Identity {
  const identity = { cert: contentsOf(files.cert), key: contentsOf(files.key) }
  try {
    createSecureContext(identity)
    return identity
  } catch (error) {
    const message = `${files.cert} and ${files.key} are no certificate and key in PEM that go together: ${(error as Error).message}`
    throw new SerialError('INVALID_OPTION', message, { cause: error })
  }
}

/** Whether others than its owner may read a file; never where the system has no owners of this kind. */
export function isReadByOthers(file: string): boolean {
  return process.getuid !== undefined && (statSync(file).mode & 0o077) !== 0
}
