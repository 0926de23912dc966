import { SerialError } from '../../errors.ts'
import type { LineSettings, PortSettings } from '../../settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../../signals.ts'
import * as c from './constants.ts'
import { Counting } from './counting.ts'
import {
  comstatLayout,
  comstatSize,
  dcbLayout,
  dcbSize,
  encodeDcb,
  refusedSetting,
  timeoutsSize,
} from './dcb.ts'
import { portError } from './errors.ts'
import { kernel32 } from './kernel32.ts'
import { closeWhenLeaving, leftAlone } from './leaving.ts'
import { fixedMemory } from './memory.ts'
import { decode } from './struct.ts'
import { readTimeouts } from './timeouts.ts'

/** What `EscapeCommFunction` does to a line. */
const escapes = {
  dtr: { on: c.SETDTR, off: c.CLRDTR },
  rts: { on: c.SETRTS, off: c.CLRRTS },
  break: { on: c.SETBREAK, off: c.CLRBREAK },
} as const

/**
 * What a UART may still have when the driver's queue is empty, in characters: the FIFO of a 16550. Windows tells of the
 * queue alone.
 */
const fifo = 16

/** The driver's queues in bytes, where it takes a recommendation. */
const queueSize = 64 * 1024

/**
 * A COM port in use: everything a port does that never waits. The asynchronous and the blocking port share it, and
 * differ in how they wait.
 */
export class Device {
  readonly path: string
  readonly handle: number
  settings: PortSettings
  /** What `ClearCommError` said of the line since it was last asked: each call clears what the driver had noted. */
  lineErrors = 0
  readonly counting: Counting = new Counting()
  readonly #foundDcb: Uint8Array = fixedMemory(dcbSize)
  readonly #foundTimeouts: Uint8Array = fixedMemory(timeoutsSize)
  readonly #word: Uint8Array = fixedMemory(4)
  readonly #comstat: Uint8Array = fixedMemory(comstatSize)
  #found = false
  #opening = true
  #breaking = false
  /** When the last bit of what was written will have left, by `performance.now`, if nothing holds it up. */
  #idleAt = 0
  /** The levels that we asked for: `SetCommState` sets them again each time. */
  #dtr: boolean
  #rts: boolean

  constructor(path: string, handle: number, settings: PortSettings) {
    this.path = path
    this.handle = handle
    this.settings = settings
    closeWhenLeaving(handle)
    // On where nothing else is asked for: boards with a USB port of their own send nothing before.
    this.#dtr = settings.dtr ?? true
    this.#rts = settings.rts ?? true
  }

  /** Throws what made a call return FALSE. */
  check(syscall: string, result: number): void {
    if (result === 0) throw this.error(syscall, kernel32.GetLastError())
  }

  error(syscall: string, errno: number, bytesTransferred?: number): SerialError {
    return portError(this.path, syscall, errno, { opening: this.#opening, bytesTransferred })
  }

  /** Looks at what was found, then sets the line, with the initial levels of DTR and RTS in the same call. */
  configure(): void {
    if (kernel32.GetCommState(this.handle, this.#foundDcb) === 0)
      throw this.#notAPort(kernel32.GetLastError())
    this.check('GetCommTimeouts', kernel32.GetCommTimeouts(this.handle, this.#foundTimeouts))
    this.#found = true
    // A recommendation: a driver that can't follow it keeps its own queues.
    kernel32.SetupComm(this.handle, queueSize, queueSize)
    this.#apply(this.settings)
    this.check('SetCommTimeouts', kernel32.SetCommTimeouts(this.handle, readTimeouts()))
    this.#opening = false
  }

  /** Whatever answers like this is a file, a directory or another kind of device. */
  #notAPort(errno: number): SerialError {
    const error = this.error('GetCommState', errno)
    if (error.code !== 'UNSUPPORTED') return error
    const { message, path, syscall, errnoName } = error
    return new SerialError('NOT_A_SERIAL_PORT', message, { path, syscall, errno, errnoName })
  }

  /** Applies settings; on failure those in force before are put back. */
  reconfigure(settings: PortSettings): void {
    const before = this.settings
    try {
      this.#apply(settings)
    } catch (error) {
      ignoringErrors(() => this.#apply(before))
      throw error
    }
  }

  #apply(settings: PortSettings): void {
    const asked = encodeDcb(settings, this.#dtr, this.#rts)
    this.check('SetCommState', kernel32.SetCommState(this.handle, asked))
    const taken = fixedMemory(dcbSize)
    this.check('GetCommState', kernel32.GetCommState(this.handle, taken))
    const refused = refusedSetting(asked, taken)
    if (refused !== undefined) throw this.#refuses(refused, settings)
    const { BaudRate } = decode(dcbLayout, taken)
    this.settings = Object.freeze({ ...settings, baudRate: BaudRate })
  }

  #refuses(name: keyof LineSettings, settings: LineSettings): SerialError {
    const message = `${this.path}: the driver does not take ${name} ${settings[name]}`
    return new SerialError('UNSUPPORTED', message, { path: this.path, syscall: 'SetCommState' })
  }

  /** What the driver holds, in bytes. Throws when the device is gone. */
  queued(): { input: number; output: number } {
    const result = kernel32.ClearCommError(this.handle, this.#word, this.#comstat)
    this.check('ClearCommError', result)
    const flags = this.#wordValue()
    this.lineErrors |= flags
    this.counting.flagged(flags)
    const { cbInQue, cbOutQue } = decode(comstatLayout, this.#comstat)
    return { input: cbInQue, output: cbOutQue }
  }

  #wordValue(): number {
    return new DataView(this.#word.buffer).getUint32(0, true)
  }

  /** The same, 0 when the device is gone. */
  queuedOrNone(): { input: number; output: number } {
    let queued = { input: 0, output: 0 }
    ignoringErrors(() => {
      queued = this.queued()
    })
    return queued
  }

  /** To be told of bytes that the driver took. */
  wrote(count: number): void {
    this.counting.sent += count
    this.#idleAt = Math.max(this.#idleAt, performance.now()) + count * this.#characterTime
  }

  /** How long what was written still takes to leave, in ms. Throws when the device is gone. */
  get timeToSend(): number {
    const { output } = this.queued()
    const now = performance.now()
    // The queue may have been held up; what is behind it may not be more than fits there.
    const atMost = now + (output + fifo) * this.#characterTime
    this.#idleAt = output > 0 ? atMost : Math.min(this.#idleAt, atMost)
    return Math.max(0, this.#idleAt - now)
  }

  get #characterTime(): number {
    const { baudRate, dataBits, parity, stopBits } = this.settings
    return ((1 + dataBits + (parity === 'none' ? 0 : 1) + stopBits) * 1000) / baudRate
  }

  purge(queue: Queue): void {
    const input = queue === 'output' ? 0 : c.PURGE_RXCLEAR | c.PURGE_RXABORT
    const output = queue === 'input' ? 0 : c.PURGE_TXCLEAR | c.PURGE_TXABORT
    this.check('PurgeComm', kernel32.PurgeComm(this.handle, input | output))
    // Wine says that it has purged what is gone, and a driver might: this call notices.
    this.queued()
  }

  getSignals(): InputSignals {
    this.check('GetCommModemStatus', kernel32.GetCommModemStatus(this.handle, this.#word))
    const now = this.#wordValue()
    return {
      cts: (now & c.MS_CTS_ON) !== 0,
      dsr: (now & c.MS_DSR_ON) !== 0,
      dcd: (now & c.MS_RLSD_ON) !== 0,
      ri: (now & c.MS_RING_ON) !== 0,
    }
  }

  /** DTR before RTS: some adapters need that order. */
  setSignals(signals: OutputSignals): void {
    const { dtr, rts } = signals
    if (dtr !== undefined) this.#escape('dtr', dtr)
    if (rts !== undefined) this.#escape('rts', rts)
    this.#dtr = dtr ?? this.#dtr
    this.#rts = rts ?? this.#rts
    if (signals.break === undefined) return
    this.#escape('break', signals.break)
    this.#breaking = signals.break
  }

  #escape(line: keyof typeof escapes, on: boolean): void {
    const func = escapes[line][on ? 'on' : 'off']
    this.check('EscapeCommFunction', kernel32.EscapeCommFunction(this.handle, func))
  }

  /** Undoes what opening did, and closes the handle. The device may be gone: then there is nothing to undo. */
  release(): void {
    const restore = this.#opening || this.settings.restoreSettingsOnClose
    if (this.#breaking) ignoringErrors(() => this.#escape('break', false))
    if (this.settings.hangupOnClose && !this.#opening) {
      ignoringErrors(() => this.setSignals({ dtr: false, rts: false }))
    }
    if (restore && this.#found) {
      kernel32.SetCommState(this.handle, this.#foundDcb)
      kernel32.SetCommTimeouts(this.handle, this.#foundTimeouts)
    }
    leftAlone(this.handle)
    kernel32.CloseHandle(this.handle)
  }
}

export function ignoringErrors(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof SerialError)) throw error
  }
}
