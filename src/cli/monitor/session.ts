import { StringDecoder } from 'node:string_decoder'
import type { SerialPort } from '../../index.ts'
import { lineEnds } from '../bytes.ts'
import type { LineEnd } from '../bytes.ts'
import { describe } from '../exit.ts'
import type { ViewOptions } from '../view/options.ts'
import { View } from '../view/view.ts'
import type { Keyboard } from './keyboard.ts'
import { Log } from './log.ts'
import { Screen } from './screen.ts'

/** What the command line says of the terminal. */
export interface SessionSetup {
  readonly view: ViewOptions
  readonly log: Log | undefined
  /** The bytes of the keys that are not the device's. */
  readonly keys: { readonly exit: number; readonly menu: number }
  readonly eol: Exclude<LineEnd, 'none'>
  readonly echo: boolean
  readonly dtr: boolean
  readonly rts: boolean
}

/** A port on a terminal: what both are set to, and how bytes pass between them. */
export class Session {
  readonly port: SerialPort
  readonly keyboard: Keyboard
  readonly screen: Screen = new Screen()
  readonly keys: SessionSetup['keys']
  /** How the device's bytes are shown. */
  readonly show: ViewOptions
  readonly view: View
  /** The output lines as they were last set. */
  readonly lines: { dtr: boolean; rts: boolean; break: boolean }
  echo: boolean
  eol: SessionSetup['eol']
  log: Log | undefined
  received = 0
  sent = 0
  /** What is pasted comes in pieces that may end within a character. */
  readonly #typed: StringDecoder

  constructor(port: SerialPort, keyboard: Keyboard, setup: SessionSetup) {
    this.port = port
    this.keyboard = keyboard
    this.keys = setup.keys
    this.show = { ...setup.view }
    this.view = new View(this.show, this.screen.out)
    this.lines = { dtr: setup.dtr, rts: setup.rts, break: false }
    this.echo = setup.echo
    this.eol = setup.eol
    this.log = setup.log
    // Latin-1 has a character for each byte and changes none.
    this.#typed = new StringDecoder(this.show.encoding === 'utf8' ? 'latin1' : 'utf8')
  }

  /** Shows what arrives until the port is closed; throws when it goes. */
  async display(): Promise<void> {
    for await (const bytes of this.port) {
      this.received += bytes.length
      this.#record(bytes)
      await this.screen.show(this.#isShown ? this.view.show(bytes) : bytes)
    }
  }

  /** Into a file or pipe the bytes go as they are, unless a view of them is asked for. */
  get #isShown(): boolean {
    return this.screen.out.isTTY || this.show.hex || this.show.timestamps
  }

  #record(bytes: Uint8Array): void {
    try {
      this.log?.append(bytes)
    } catch (error) {
      this.stopLog()
      this.say(`the log has ended: ${describe(error)}`)
    }
  }

  startLog(path: string): void {
    this.log = new Log(path)
  }

  stopLog(): void {
    this.log?.close()
    this.log = undefined
  }

  /** Sends what was typed. Nobody waits for it: a device that takes nothing must not keep the exit key from working. */
  type(bytes: Buffer): void {
    const text = this.#typed.write(bytes)
    const encoding = this.show.encoding === 'utf8' ? 'latin1' : this.show.encoding
    this.send(Buffer.from(text.replaceAll('\r', lineEnds[this.eol]), encoding))
  }

  send(bytes: Buffer): void {
    if (bytes.length === 0) return
    const count = (taken: number) => {
      this.sent += taken
    }
    // That the port is gone is told by the reading side.
    this.port.write(bytes).then(count, () => {})
    if (this.echo) void this.screen.show(this.view.show(bytes, 'out'))
  }

  say(...lines: string[]): void {
    this.view.interrupt()
    this.screen.say(...lines)
  }

  /** A line that stays until `screen.erase()`. */
  hint(text: string): void {
    this.view.interrupt()
    this.screen.hint(text)
  }
}
