import { readFileSync } from 'node:fs'
import { text } from '../parameters.ts'
import type { Parameter } from '../parameters.ts'
import { refused } from '../url.ts'
import type { PortUrl } from '../url.ts'
import type { Place } from './address.ts'
import type { Tls } from './secure.ts'

/** What protects a connection. */
export interface Security {
  /** Absent: nothing is encrypted. */
  readonly tls?: Tls | undefined
  /** What the server asks for before it lets anybody in. */
  readonly token?: string | undefined
}

/** The parameters for it. */
export const securityParameters: Readonly<
  Record<'ca' | 'servername' | 'token' | 'token-file', Parameter<string>>
> = {
  ca: text,
  servername: text,
  token: text,
  'token-file': text,
}

/** Hosts that a token does not leave this machine for. */
const isHere = /^(localhost|127(\.\d{1,3}){3}|::1)$/i

/** The security that a URL asks for, and its scheme. Throws `INVALID_OPTION`. */
export function securityOf(
  url: PortUrl,
  { host }: Place,
  given: { readonly [Name in keyof typeof securityParameters]?: string },
): Security {
  const isSecure = url.scheme.endsWith('s')
  const { ca, servername } = given
  if (!isSecure && (ca ?? servername) !== undefined)
    throw refused(url, `ca and servername are about TLS; that is ${url.scheme}s://`)
  const token = tokenOf(url, given)
  if (!isSecure && token !== undefined && !isHere.test(host))
    throw refused(url, `a token is not sent over the network unprotected; with TLS it is ${url.scheme}s://`)
  return {
    token,
    tls: isSecure ? { ca: ca === undefined ? undefined : certificatesIn(url, ca), servername } : undefined,
  }
}

function tokenOf(
  url: PortUrl,
  { token, 'token-file': file }: { readonly token?: string; readonly 'token-file'?: string },
): string | undefined {
  if (token !== undefined && file !== undefined) throw refused(url, 'give one of token and token-file')
  const secret = file === undefined ? token : contents(url, file).toString().split(/\r?\n/, 1)[0]?.trim()
  if (secret === undefined) return undefined
  if (/^[\x21-\x7e]{1,1000}$/.test(secret)) return secret
  // Not shown: a mistake is no reason to.
  throw refused(
    url,
    `${file === undefined ? 'token' : file} is no token; allowed: printable ASCII without blanks`,
  )
}

/** OpenSSL takes a file in which there are none for one that trusts nobody. */
function certificatesIn(url: PortUrl, file: string): Buffer {
  const certificates = contents(url, file)
  if (/^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/m.test(certificates.toString('latin1')))
    return certificates
  throw refused(url, `${file} has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----`)
}

function contents(url: PortUrl, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw refused(url, `${file} can not be read: ${(error as Error).message}`)
  }
}
