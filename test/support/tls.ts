import { fileURLToPath } from 'node:url'

/**
 * A certificate that is signed by itself, and its key, which everybody can read here: for tests alone. It is for localhost,
 * 127.0.0.1, ::1 and baud.test, until the year 2126; made with
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj '/CN=baud test' -addext subjectAltName=…`
 */
export const certificate: string = file('for-tests-only.cert.pem')
export const certificateKey: string = file('for-tests-only.key.pem')

/** The one that comes after it, for the same names. */
export const renewedCertificate: string = file('renewed.cert.pem')
export const renewedKey: string = file('renewed.key.pem')

/** With the key of the renewed one; it was valid for a day of 2020. */
export const expiredCertificate: string = file('expired.cert.pem')

/** Another, which has signed nothing. */
export const anotherCertificate: string = file('another.cert.pem')

/** From where the compiled tests are. */
function file(name: string): string {
  return fileURLToPath(new URL(`../../../test/support/tls/${name}`, import.meta.url))
}

/** The token of the tests. */
export const token = 'a-token-for-the-tests'
