/** What baud's own calls take, in ns, over a transport that does nothing: all that lies between the user and the system. */
import { open } from 'baud'
import type { PortSettings, SerialPort, Transport, TransportSink } from 'baud'
import { batches, rounds } from './call-amount.ts'

const unsupported = () => Promise.reject(new Error('there are no lines'))

/** A device that takes everything at once; what arrives is put in by hand. */
class Nowhere implements Transport {
  readonly path = 'nowhere'
  readonly settings: PortSettings
  readonly bytesToRead = 0
  readonly bytesToWrite = 0
  sink: TransportSink | undefined

  constructor(settings: PortSettings) {
    this.settings = settings
  }

  start(sink: TransportSink): void {
    this.sink = sink
  }

  write(data: Uint8Array): number {
    return data.byteLength
  }

  getSignals = unsupported
  setSignals = unsupported
  async drain(): Promise<void> {}
  async purge(): Promise<void> {}
  async reconfigure(): Promise<void> {}
  async close(): Promise<void> {}
  pause(): void {}
  resume(): void {}
  cancelWrite(): void {}
  watchSignals(): void {}
  ref(): void {}
  unref(): void {}
}

/** The least time of several batches: what other programs do to the processor can only add to it. */
async function cost(call: () => Promise<unknown>): Promise<number> {
  let least = Infinity
  for (let batch = 0; batch < batches; batch++) {
    const began = performance.now()
    for (let round = 0; round < rounds; round++) await call()
    least = Math.min(least, performance.now() - began)
  }
  return (least / rounds) * 1e6
}

let transport: Nowhere | undefined
const nowhere = (_url: string, settings: PortSettings): Transport => (transport = new Nowhere(settings))
await using port: SerialPort = await open('nowhere://', { transports: { nowhere } })
const message = Buffer.alloc(16, 'x')
const request = `${'x'.repeat(15)}\n`
const answer = Buffer.from(request)

/** The answer arrives while the read waits for it, as from a device. */
function answered<T>(reading: Promise<T>): Promise<T> {
  transport?.sink?.data(answer)
  return reading
}

const settled = Promise.resolve()

const calls: Readonly<Record<string, () => Promise<unknown>>> = {
  '`await` of a promise that is settled': () => settled,
  '`write(message)`': () => port.write(message),
  '`readExactly(16)`': () => answered(port.readExactly(16)),
  '`write(text)`': () => port.write(request),
  '`readLine()`': () => answered(port.readLine()),
  '`readLine({ timeout })`': () => answered(port.readLine({ timeout: 500 })),
}

const results: Record<string, number> = {}
for (const [name, call] of Object.entries(calls)) results[name] = await cost(call)
console.log(JSON.stringify(results))
