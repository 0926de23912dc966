import { createHash, timingSafeEqual } from 'node:crypto'
import { SerialError } from '../errors.ts'
import { contentsOf } from './files.ts'

/** A token as HTTP takes it behind "Bearer". Source: RFC 6750, section 2.1. */
const shape = /^[A-Za-z0-9\-._~+/]{16,512}={0,2}$/

const tokenShape = '16 to 512 of the characters A-Z a-z 0-9 - . _ ~ + /'

const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()

/** What clients have to know. It is kept as a hash: comparing takes the same time however much of it is right. */
export class Token {
  readonly #digest: Buffer

  /** @param where - what is to be named when it is none */
  constructor(text: string, where: string) {
    if (!shape.test(text))
      throw new SerialError('INVALID_OPTION', `${where}: this is no token; allowed: ${tokenShape}`)
    this.#digest = digest(text)
  }

  /** From a file, of which it is the first line. */
  static read(file: string): Token {
    const [line = ''] = contentsOf(file).toString().split(/\r?\n/, 1)
    return new Token(line.trim(), file)
  }

  matches(given: string): boolean {
    return timingSafeEqual(this.#digest, digest(given))
  }
}
