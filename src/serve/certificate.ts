import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext, createServer } from 'node:tls'
import type { Server } from 'node:tls'
import { SerialError } from '../errors.ts'
import { contentsOf } from './files.ts'

/** Where a certificate and its key are, in PEM. */
export interface IdentityFiles {
  readonly cert: string
  readonly key: string
}

/** A certificate and its key, as they were read. */
interface Identity {
  readonly cert: Buffer
  readonly key: Buffer
}

/** A certificate, and the servers that show it. It can be renewed while they go on. */
export class Certificate {
  readonly #files: IdentityFiles
  readonly #servers: Server[] = []
  #identity: Identity

  /** Throws `INVALID_OPTION` where the files are not what they should be. */
  constructor(files: IdentityFiles) {
    this.#files = files
    this.#identity = read(files)
  }

  /** When nobody will trust it, as of now; undefined while all is well. */
  get flaw(): string | undefined {
    return flawOf(this.#files, this.#identity)
  }

  createServer(): Server {
    const server = createServer(this.#identity)
    this.#servers.push(server)
    return server
  }

  /**
   * Reads it anew, for those who come from now on. Throws `INVALID_OPTION` where what is there now is worse: then the one before stays.
   *
   * @returns what it is now, in words
   */
  renew(): string {
    const identity = read(this.#files)
    const flaw = flawOf(this.#files, identity)
    if (flaw !== undefined) throw new SerialError('INVALID_OPTION', flaw)
    this.#identity = identity
    for (const server of this.#servers) server.setSecureContext(identity)
    return `the certificate of ${this.#files.cert}, valid until ${validity(identity).to.toISOString()}`
  }
}

function read(files: IdentityFiles): Identity {
  const identity = { cert: contentsOf(files.cert), key: contentsOf(files.key) }
  try {
    createSecureContext(identity)
    // TLS keeps one pair for each kind of key, and takes two halves of different kinds without a word.
    if (!new X509Certificate(identity.cert).checkPrivateKey(createPrivateKey(identity.key)))
      throw new Error('the key belongs to another certificate')
    return identity
  } catch (error) {
    if (hasPassphrase(identity.key)) {
      const message = `${files.key} has a passphrase, for which nobody is asked; write it without: openssl pkey -in ${files.key} -out …`
      throw new SerialError('INVALID_OPTION', message, { cause: error })
    }
    const message = `${files.cert} and ${files.key} are no certificate and key in PEM that go together: ${(error as Error).message}`
    throw new SerialError('INVALID_OPTION', message, { cause: error })
  }
}

/** Source: RFC 7468, section 11; and RFC 1421, section 4.6.1.1, which older keys follow. */
function hasPassphrase(key: Buffer): boolean {
  return /^(?:-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m.test(key.toString('latin1'))
}

function validity({ cert }: Identity): { readonly from: Date; readonly to: Date } {
  const { validFrom, validTo } = new X509Certificate(cert)
  return { from: new Date(validFrom), to: new Date(validTo) }
}

function flawOf({ cert }: IdentityFiles, identity: Identity): string | undefined {
  const { from, to } = validity(identity)
  const now = new Date()
  if (now > to) return `the certificate of ${cert} has expired, on ${to.toISOString()}`
  if (now < from) return `the certificate of ${cert} is not valid before ${from.toISOString()}`
  return undefined
}
