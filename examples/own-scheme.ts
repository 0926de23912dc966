// A URL scheme of your own: `dice://6` is a device that answers each byte it is sent with a throw of a die.
//
// The class says all that a port needs to know of a device: what to do with bytes, and where to put those that come.
// Time-outs, lines, streams and the rest are baud's. See the comments of `Transport` for what each member must hold to.
import { open, SerialError } from 'baud'
import type { Connect, InputSignals, PortSettings, Transport, TransportSink } from 'baud'

class Dice implements Transport {
  readonly path: string
  settings: PortSettings
  readonly bytesToRead = 0
  readonly bytesToWrite = 0
  readonly #sides: number
  // An open port keeps the process alive, and a device of thin air has nothing else that would.
  readonly #alive = setInterval(() => {}, 2 ** 31 - 1)
  #sink: TransportSink | undefined
  #paused = false
  #waiting = 0

  constructor(path: string, settings: PortSettings, sides: number) {
    this.path = path
    this.settings = settings
    this.#sides = sides
  }

  start(sink: TransportSink): void {
    this.#sink = sink
  }

  write(data: Uint8Array): number {
    this.#waiting += data.byteLength
    // Never from inside a call: the port is not ready for bytes while it is sending some.
    setImmediate(() => this.#answer())
    return data.byteLength
  }

  #answer(): void {
    if (this.#paused || this.#waiting === 0) return
    const throws = Array.from({ length: this.#waiting }, () => 1 + Math.floor(Math.random() * this.#sides))
    this.#waiting = 0
    this.#sink?.data(Uint8Array.from(throws))
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    setImmediate(() => this.#answer())
  }

  async purge(): Promise<void> {
    this.#waiting = 0
  }

  async reconfigure(settings: PortSettings): Promise<void> {
    this.settings = settings
  }

  async getSignals(): Promise<InputSignals> {
    throw new SerialError('UNSUPPORTED', `${this.path}: dice have no control lines`, { path: this.path })
  }

  async setSignals(): Promise<void> {
    await this.getSignals()
  }

  ref(): void {
    this.#alive.ref()
  }

  unref(): void {
    this.#alive.unref()
  }

  async close(): Promise<void> {
    this.#sink = undefined
    clearInterval(this.#alive)
  }

  // Everything is taken at once, so there is never anything to wait for or to take back.
  async drain(): Promise<void> {}
  cancelWrite(): void {}
  watchSignals(): void {}
}

const dice: Connect = (url, settings) => {
  const sides = Number(/^dice:\/\/(\d+)$/i.exec(url)?.[1])
  if (sides >= 1 && sides <= 255) return new Dice(url, settings, sides)
  throw new SerialError('INVALID_OPTION', `${url}: the sides of a die must be 1 to 255`, { path: url })
}

await using port = await open('dice://6', { transports: { dice }, readTimeout: 1000 })
await port.write('throw')
const throws = await port.readExactly(5)
console.log(throws.every((points) => points >= 1 && points <= 6)) // true
