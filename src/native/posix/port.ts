import { close as closeFile, closeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadStream } from 'node:tty'
import { promisify } from 'node:util'
import type { Counters } from '../../counters.ts'
import { SerialError } from '../../errors.ts'
import type { PortSettings } from '../../settings.ts'
import { signalsDiffer } from '../../signals.ts'
import type { InputSignals, OutputSignals, Queue } from '../../signals.ts'
import type { Transport, TransportSink } from '../../transport.ts'
import type { Device } from './device.ts'
import { hangUp, useError } from './errors.ts'
import { Handles } from './handles.ts'
import { DsrDtrFlow, nextLook } from './pacing.ts'
import { LineErrorReader } from './line-error-reader.ts'
import { openDevice } from './open.ts'
import type { PosixSystem } from './system.ts'
import { Watch } from './watch.ts'
import { Writer } from './writer.ts'

/** A terminal hands out at most 4,095 bytes at a time; who gets as many as these finds more without being told. */
const burst = 1024

/**
 * A serial port in the event loop. Reading is libuv's: the descriptor becomes a TTY handle, so that no thread waits
 * for it. Writing is `write(2)` on the same non-blocking descriptor; see {@link Writer}.
 */
export class PosixPort implements Transport {
  readonly path: string
  readonly #device: Device
  readonly #stream: ReadStream
  readonly #writer: Writer
  readonly #presence: Watch
  readonly #signals: Watch
  readonly #flow: DsrDtrFlow
  readonly #flowWatch: Watch
  readonly #lineErrors: LineErrorReader
  #sink: TransportSink | undefined
  #lastSignals: InputSignals | undefined
  #lastEdges: Counters | undefined
  #referenced = true
  #ended = false
  #closing: Promise<void> | undefined

  static open(system: PosixSystem, path: string, settings: PortSettings): PosixPort {
    const handles = new Handles(settings)
    try {
      const device = openDevice(system, path, settings, (tty) => handles.adopt(tty))
      return new PosixPort(device, handles)
    } catch (error) {
      handles.destroy()
      throw error
    }
  }

  private constructor(device: Device, handles: Handles) {
    const stream = handles.stream as ReadStream
    this.path = device.tty.path
    this.#device = device
    this.#stream = stream
    this.#writer = new Writer(device, this.path, handles.waiter)
    // Paused, libuv does not look at the descriptor at all; then an unplug must be asked for.
    this.#presence = new Watch(200, () => this.#attempt(() => device.checkPresence()))
    this.#signals = new Watch(20, () => this.#attempt(() => this.#compareSignals()))
    this.#flow = new DsrDtrFlow(device)
    this.#flowWatch = new Watch(5, () => this.#attempt(() => this.#flow.followDsr()))
    this.#lineErrors = new LineErrorReader(device, () => this.#sink)
    const { address } = handles
    handles.onChunk = (memory, length) => {
      const end = length < burst ? length : device.readOn(address, length, memory.byteLength, burst)
      const chunk = memory.subarray(0, end)
      if (device.settings.lineErrors === 'report') this.#lineErrors.read(chunk)
      else this.#sink?.data(chunk)
    }
    stream.on('end', () => this.#end(hangUp(this.path)))
    stream.on('close', () => this.#end(hangUp(this.path)))
    stream.on('error', (error) => this.#end(this.#translate(error)))
    handles.waiter?.on('error', (error) => this.#end(this.#translate(error)))
  }

  get settings(): PortSettings {
    return this.#device.settings
  }

  get bytesToRead(): number {
    return this.#ended ? 0 : this.#device.bytesToRead
  }

  get bytesToWrite(): number {
    return this.#ended ? 0 : this.#device.bytesToWrite
  }

  start(sink: TransportSink): void {
    this.#sink = sink
    this.#stream.resume()
    this.#controlFlow()
  }

  pause(): void {
    this.#stream.pause()
    this.#presence.start(this.#referenced)
    this.#attempt(() => this.#flow.accept(false))
  }

  resume(): void {
    this.#presence.stop()
    this.#attempt(() => this.#flow.accept(true))
    this.#stream.resume()
  }

  #controlFlow(): void {
    if (this.#flow.active) this.#flowWatch.start(this.#referenced)
    else this.#flowWatch.stop()
  }

  write(data: Uint8Array): number | Promise<number> {
    return this.#writer.write(data)
  }

  cancelWrite(): void {
    this.#writer.cancel()
  }

  async drain(signal: AbortSignal): Promise<void> {
    for (;;) {
      const rest = this.#device.remainder
      if (rest === undefined) return
      const wait = nextLook(rest)
      if (wait > 0) await sleep(wait, undefined, { signal, ref: this.#referenced })
      else await this.#turn()
      signal.throwIfAborted()
    }
  }

  /** Until the event loop has turned. (The one in `node:timers/promises` takes far longer when it is given a signal.) */
  #turn(): Promise<void> {
    return new Promise((resolve) => {
      const turn = setImmediate(resolve)
      if (!this.#referenced) turn.unref()
    })
  }

  async purge(queue: Queue): Promise<void> {
    this.#device.purge(queue)
    if (queue !== 'output') this.#lineErrors.purge()
  }

  async reconfigure(settings: PortSettings): Promise<void> {
    this.#flow.reconfigure(settings)
    this.#controlFlow()
  }

  async getSignals(): Promise<InputSignals> {
    return this.#device.getSignals()
  }

  async setSignals(signals: OutputSignals): Promise<void> {
    this.#device.setSignals(signals)
  }

  async counters(): Promise<Counters> {
    return this.#device.countersOrRefuse()
  }

  watchSignals(on: boolean): void {
    this.#signals.stop()
    if (!on || this.#ended) return
    this.#signals.start(this.#referenced)
    try {
      // What a change is compared with.
      this.#lastSignals = this.#device.getSignals()
      this.#lastEdges = this.#device.counters
    } catch (error) {
      if (!(error instanceof SerialError)) throw error
      // There are no lines to watch. That the device is gone, the next look will tell.
      if (error.code === 'UNSUPPORTED') this.#signals.stop()
    }
  }

  #compareSignals(): void {
    const [before, edgesBefore] = [this.#lastSignals, this.#lastEdges]
    // Counted first: a change in between is then seen twice, and not never.
    const edges = (this.#lastEdges = this.#device.counters)
    const now = (this.#lastSignals = this.#device.getSignals())
    if (signalsDiffer(before, now) || signalsDiffer(edgesBefore, edges)) this.#sink?.signals(now)
  }

  ref(): void {
    this.#referenced = true
    this.#stream.ref()
    this.#writer.ref()
    this.#presence.ref(true)
    this.#signals.ref(true)
    this.#flowWatch.ref(true)
  }

  unref(): void {
    this.#referenced = false
    this.#stream.unref()
    this.#writer.unref()
    this.#presence.ref(false)
    this.#signals.ref(false)
    this.#flowWatch.ref(false)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#sink = undefined
    this.#stream.pause()
    this.#presence.stop()
    this.#signals.stop()
    this.#writer.close()
    if (!this.#ended) await this.#letOutputLeave()
    this.#ended = true
    this.#flowWatch.stop()
    this.#device.release()
    await destroyed(this.#stream)
    await this.#closeDescriptor(this.#device.tty.fd)
  }

  /** The last close may wait for what the device still sends, so it does that in a thread of libuv's pool. */
  async #closeDescriptor(fd: number): Promise<void> {
    if (this.#device.closesAtOnce) closeSync(fd)
    else await promisify(closeFile)(fd)
  }

  /** Waits while the output moves. What does not move for a while is stuck behind flow control, and dropped. */
  async #letOutputLeave(): Promise<void> {
    const { patience } = this.#device
    try {
      let queued = this.bytesToWrite
      let moved = performance.now()
      while (this.#device.remainder !== undefined) {
        await sleep(5)
        if (this.bytesToWrite !== queued) moved = performance.now()
        else if (performance.now() - moved >= patience) return this.#device.purge('output')
        queued = this.bytesToWrite
      }
    } catch (error) {
      // Gone meanwhile: nothing is left to wait for.
      if (!(error instanceof SerialError)) throw error
    }
  }

  /** Does something from a timer; a failure means that the device is gone. Lacking lines is no such failure. */
  #attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof SerialError)) throw error
      if (error.code === 'UNSUPPORTED') this.#signals.stop()
      else this.#end(error)
    }
  }

  #end(reason: SerialError): void {
    if (this.#ended) return
    this.#ended = true
    this.#presence.stop()
    this.#signals.stop()
    this.#flowWatch.stop()
    const sink = this.#sink
    this.#sink = undefined
    sink?.end(reason)
    this.#writer.fail(reason)
  }

  #translate(error: NodeJS.ErrnoException): SerialError {
    const { code = 'EIO', errno = 0, syscall = 'read' } = error
    return useError(this.path, { syscall, errno: Math.abs(errno), errnoName: code })
  }
}

function destroyed(stream: ReadStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) return resolve()
    stream.once('close', resolve)
    stream.destroy()
  })
}
