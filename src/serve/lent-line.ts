import { SerialError } from '../errors.ts'
import type { LineSettings, PortSettings, SerialPort } from '../index.ts'
import type { Outputs } from '../rfc2217/server/index.ts'
import type { InputSignals, OutputSignals } from '../signals.ts'

export const allOff: InputSignals = { cts: false, dsr: false, dcd: false, ri: false }

/** The settings and lines of a port that is lent to one client after the other, and as it was before after each. */
export class LentLine {
  readonly #port: SerialPort
  readonly #former: LineSettings
  /** What is on of DTR and RTS while somebody has it. */
  readonly #raised: Pick<Outputs, 'dtr' | 'rts'>
  readonly #tell: (event: string, detail: string) => void
  #outputs: Outputs = { dtr: false, rts: false, break: false }
  /** Somebody has given it back while the device was away. */
  #isUnrestored = false

  /** @param tell - hears of what could not be done */
  constructor(
    port: SerialPort,
    raised: Pick<Outputs, 'dtr' | 'rts'>,
    tell: (event: string, detail: string) => void,
  ) {
    this.#port = port
    this.#former = port.settings
    this.#raised = raised
    this.#tell = tell
    // Nobody is there yet.
    void this.#apply({ dtr: false, rts: false })
  }

  /** What is in force, or will be once a device is back that somebody has given back while it was away. */
  get settings(): PortSettings {
    const { settings } = this.#port
    return this.#isUnrestored ? { ...settings, ...lineOf(this.#former) } : settings
  }

  get outputs(): Readonly<Outputs> {
    return this.#outputs
  }

  /** Somebody has it: the lines are raised before anything that is done next. */
  raise(): void {
    void this.#apply(this.#raised)
  }

  /** Nobody has it any more. */
  async restore(): Promise<void> {
    await this.#restoreSettings()
    await this.#apply({ dtr: false, rts: false, break: false })
  }

  async #restoreSettings(): Promise<void> {
    const former = lineOf(this.#former)
    const { settings: now } = this.#port
    const names = Object.keys(former) as (keyof LineSettings)[]
    try {
      const isThere = this.#port.isConnected
      if (isThere && names.some((name) => former[name] !== now[name])) await this.#port.reconfigure(former)
    } catch (error) {
      this.#tell('not put back', (error as Error).message)
    }
    // Also where it went just now: what was asked for before is what it will be opened again with.
    this.#isUnrestored = !this.#port.isConnected
  }

  /** The device is back, with the settings that were asked for last. */
  async returned(): Promise<void> {
    if (this.#isUnrestored) await this.#restoreSettings()
    await this.#apply(this.#outputs)
  }

  async setOutputs(signals: OutputSignals): Promise<void> {
    const before = this.#outputs
    // At once: whoever asks for them, or sets them again, before it is done goes by what was asked for last.
    this.#remember(signals)
    try {
      await this.#port.setSignals(signals)
    } catch (error) {
      const isKept = error instanceof SerialError && ['UNSUPPORTED', 'DISCONNECTED'].includes(error.code)
      if (!isKept) this.#remember(levelsOf(before, signals))
      throw error
    }
  }

  #remember(signals: OutputSignals): void {
    const given = Object.entries(signals).filter(([, level]) => level !== undefined)
    this.#outputs = { ...this.#outputs, ...(Object.fromEntries(given) as Partial<Outputs>) }
  }

  /** The same for ourselves: a port that has no such lines leads nowhere, and one that is away is set when it is back. */
  async #apply(signals: OutputSignals): Promise<void> {
    try {
      await this.setOutputs(signals)
    } catch (error) {
      const isExpected =
        error instanceof SerialError && ['UNSUPPORTED', 'DISCONNECTED', 'PORT_NOT_OPEN'].includes(error.code)
      if (!isExpected) this.#tell('lines not set', (error as Error).message)
    }
  }

  /** The lines that come in; all off where there are none, or the device is away. */
  inputs(): Promise<InputSignals> {
    return this.#port.getSignals().catch(() => allOff)
  }
}

/** The settings of the line alone. */
function lineOf({ baudRate, dataBits, flowControl, parity, stopBits }: LineSettings): LineSettings {
  return { baudRate, dataBits, flowControl, parity, stopBits }
}

/** The levels of the lines that are named. */
function levelsOf(outputs: Readonly<Outputs>, named: OutputSignals): OutputSignals {
  const entries = Object.entries(outputs) as [keyof Outputs, boolean][]
  return Object.fromEntries(entries.filter(([line]) => named[line] !== undefined))
}
