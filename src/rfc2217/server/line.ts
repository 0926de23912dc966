import { SerialError } from '../../errors.ts'
import type { LineSettings, ReconfigureOptions } from '../../settings.ts'
import type { InputSignals, Queue } from '../../signals.ts'
import type { Command } from '../com-port.ts'
import { control, controlOf, dataBits, flow, flowIn, lineState, parity, queues, stopBits } from '../values.ts'
import type { Control } from '../values.ts'
import type { Outputs, ServedPort } from './served-port.ts'

/** The commands that are about the port; each has an answer. */
export type PortCommand = Extract<
  Command,
  'baudRate' | 'dataBits' | 'parity' | 'stopBits' | 'control' | 'lineState' | 'purge'
>

const allOff: InputSignals = { cts: false, dsr: false, dcd: false, ri: false }

/** Ports whose DTR and RTS were dropped behind a client, to be raised again for the next. */
const dropped: WeakSet<ServedPort> = new WeakSet()

/** What is to be put back once the device is there again, and what waits for that. */
interface Debt {
  readonly former: LineSettings
  readonly pay: () => void
}

/** Ports that a client has left while the device was away. */
const debts: WeakMap<ServedPort, Debt> = new WeakMap()

/** A port as RFC 2217 speaks of it: in numbers, and every question has an answer. */
export class Line {
  readonly #port: ServedPort
  /** As they were when the client came. */
  readonly #former: LineSettings
  /** What was set of the lines that go out; nobody can ask a port for them. */
  readonly #set: Outputs

  constructor(port: ServedPort) {
    this.#port = port
    this.#former = this.#takeDebt() ?? port.settings
    this.#set = { dtr: port.settings.dtr ?? true, rts: port.settings.rts ?? true, break: false }
  }

  /** What the client before has left undone is for this one to put back. */
  #takeDebt(): LineSettings | undefined {
    const debt = debts.get(this.#port)
    if (debt === undefined) return undefined
    this.#port.off('reconnect', debt.pay)
    debts.delete(this.#port)
    return debt.former
  }

  get #outputs(): Readonly<Outputs> {
    return this.#port.outputs ?? this.#set
  }

  /** Raises what was dropped when the client before went. */
  async raise(): Promise<void> {
    if (!dropped.delete(this.#port)) return
    const { dtr, rts } = this.#set
    await this.#port.setSignals({ dtr, rts }).catch(() => {})
  }

  /** Does what a command says, and gives the answer: what is so now. Undefined for what has no sense. */
  answer(command: PortCommand, value: number): Promise<number | undefined> {
    return this.#answers[command](value)
  }

  readonly #answers: Readonly<Record<PortCommand, (value: number) => Promise<number | undefined>>> = {
    baudRate: async (value) => {
      if (value !== 0) await this.#change({ baudRate: value })
      return this.#port.settings.baudRate
    },
    dataBits: async (value) => {
      const bits = dataBits.wordOf(value)
      if (bits !== undefined) await this.#change({ dataBits: bits, ...this.#fittingStopBits(bits) })
      return this.#port.settings.dataBits
    },
    parity: async (value) => {
      const wanted = parity.wordOf(value)
      if (wanted !== undefined) await this.#change({ parity: wanted })
      return parity.numberOf(this.#port.settings.parity)
    },
    stopBits: async (value) => {
      const wanted = stopBits.wordOf(value)
      if (wanted !== undefined) await this.#change({ stopBits: wanted })
      return stopBits.numberOf(this.#port.settings.stopBits)
    },
    control: async (value) => {
      const subject = controlOf(value)
      return subject && this.#controls[subject](value)
    },
    lineState: async () => this.#state,
    purge: async (value) => {
      const queue = queues.wordOf(value)
      return queue && this.#purge(queue, value)
    },
  }

  readonly #controls: Readonly<Record<Control, (value: number) => Promise<number>>> = {
    flow: async (value) => {
      const wanted = flow.wordOf(value)
      if (wanted !== undefined) await this.#change({ flowControl: wanted })
      return flow.numberOf(this.#port.settings.flowControl)
    },
    // Ports here have one flow control for both ways, which the other command sets.
    flowIn: async () => flowIn.numberOf(this.#port.settings.flowControl),
    break: (value) => this.#output('break', value),
    dtr: (value) => this.#output('dtr', value),
    rts: (value) => this.#output('rts', value),
  }

  /** A UART has one bit for a longer stop bit: it means 1.5 with five data bits and 2 with more. */
  #fittingStopBits(bits: number): ReconfigureOptions {
    const { stopBits: now } = this.#port.settings
    return now === 1 ? {} : { stopBits: bits === 5 ? 1.5 : 2 }
  }

  /** What the port does not take, it does not: the answer says what is so. */
  async #change(changes: ReconfigureOptions): Promise<void> {
    await this.#port.reconfigure(changes).catch(() => {})
  }

  async #output(line: 'dtr' | 'rts' | 'break', value: number): Promise<number> {
    const { ask, off, on } = control[line]
    if (value !== ask) await this.#setOutput(line, value === on)
    return this.#outputs[line] ? on : off
  }

  /** A line that the port does not have is as one that leads nowhere: clients set them without being asked. */
  async #setOutput(line: 'dtr' | 'rts' | 'break', level: boolean): Promise<void> {
    try {
      await this.#port.setSignals({ [line]: level })
    } catch (error) {
      if (!(error instanceof SerialError) || error.code !== 'UNSUPPORTED') return
    }
    this.#set[line] = level
  }

  get #state(): number {
    const { dataReady, allSent, holdingEmpty } = lineState
    return (
      (this.#port.bytesToRead > 0 ? dataReady : 0) |
      (this.#port.bytesToWrite > 0 ? 0 : allSent | holdingEmpty)
    )
  }

  async #purge(queue: Queue, value: number): Promise<number> {
    await this.#port.purge(queue).catch(() => {})
    return value
  }

  /** The lines that come in; all off where the port has none. */
  async inputs(): Promise<InputSignals> {
    return this.#port.getSignals().catch(() => allOff)
  }

  /** Ends a break that this client has begun. */
  async endBreak(): Promise<void> {
    if (!this.#set.break) return
    this.#set.break = false
    await this.#setOutput('break', false)
  }

  /** Leaves the port as the client found it: a break ends, the settings are put back. Nobody is there: DTR and RTS drop. */
  async restore(): Promise<void> {
    if (!this.#port.isOpen) return
    await this.endBreak()
    dropped.add(this.#port)
    await Promise.all([
      this.#port.setSignals({ dtr: false, rts: false }).catch(() => {}),
      this.#restoreSettings(),
    ])
    if (this.#port.isConnected === false) this.#owe()
  }

  async #restoreSettings(): Promise<void> {
    const { baudRate, dataBits: bits, flowControl, parity: kind, stopBits: stop } = this.#former
    const { settings: now } = this.#port
    const former = { baudRate, dataBits: bits, flowControl, parity: kind, stopBits: stop }
    const names = Object.keys(former) as (keyof LineSettings)[]
    if (names.some((name) => former[name] !== now[name])) await this.#change(former)
  }

  /** The device is away, and will be opened with what this client had set. */
  #owe(): void {
    const pay = async () => {
      this.#port.off('reconnect', debt.pay)
      await this.restore()
      // Unless a client has taken it on meanwhile, or the device is away again.
      if (debts.get(this.#port) === debt) debts.delete(this.#port)
    }
    const debt = { former: this.#former, pay: () => void pay() }
    debts.set(this.#port, debt)
    this.#port.on('reconnect', debt.pay)
  }
}
