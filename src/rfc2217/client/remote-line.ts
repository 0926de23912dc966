import { SerialError } from '../../errors.ts'
import { unsupported } from '../../failures.ts'
import type { LineSettings, PortSettings } from '../../settings.ts'
import { signalsDiffer } from '../../signals.ts'
import type { InputSignals, OutputSignals } from '../../signals.ts'
import { control, controlOf, dataBits, flow, parity, signalsOf, stopBits } from '../values.ts'
import type { Outgoing } from './link.ts'
import type { Requests, Subject } from './requests.ts'

/** What is asked of the server: about what, in which words, and the answer that means "done as asked". */
export type Asked = readonly [Subject, Outgoing, number]

/** What is asked of the server for each setting, in the order in which it is sent. */
const lineMessages: Readonly<Record<keyof LineSettings, (line: LineSettings) => Asked>> = {
  baudRate: ({ baudRate }) => ['baudRate', ['baudRate', baudRate], baudRate],
  dataBits: (line) => setting('dataBits', dataBits.numberOf(line.dataBits)),
  parity: (line) => setting('parity', parity.numberOf(line.parity)),
  stopBits: (line) => setting('stopBits', stopBits.numberOf(line.stopBits)),
  flowControl: (line) => {
    const value = flow.numberOf(line.flowControl)
    return ['flow', ['control', value], value]
  },
}

function setting(subject: 'dataBits' | 'parity' | 'stopBits', value: number): Asked {
  return [subject, [subject, value], value]
}

const lineNames = Object.keys(lineMessages) as (keyof LineSettings)[]

/** Asks the server for things, all at once, and resolves to the answers; rejects where nothing can be asked any more. */
export type Ask = (asked: readonly Asked[]) => Promise<number[]>

/** The settings and lines of the server's port, in our words. */
export class RemoteLine {
  readonly #path: string
  readonly #ask: Ask
  readonly #requests: Requests
  /** As the server told it last. */
  #inputs: InputSignals | undefined
  /** What was asked for and not answered as asked: the server may have set it, also when its answer comes too late. */
  readonly #inDoubt: Set<keyof LineSettings> = new Set()

  constructor(path: string, ask: Ask, requests: Requests) {
    this.#path = path
    this.#ask = ask
    this.#requests = requests
  }

  /** Asks for all settings and for the lines, in one go; resolves to the settings in force. */
  async begin(settings: PortSettings): Promise<PortSettings> {
    const { dtr, rts } = settings
    const [baudRate] = await Promise.all([this.#applied(lineNames, settings), this.setOutputs({ dtr, rts })])
    return Object.freeze({ ...settings, baudRate })
  }

  /** Asks for what is to change or in doubt; resolves to the settings in force. When the port does not take it, it has the former ones again. */
  async change(former: PortSettings, settings: PortSettings): Promise<PortSettings> {
    const changes = lineNames.filter((name) => settings[name] !== former[name] || this.#inDoubt.has(name))
    try {
      const baudRate = await this.#applied(changes, settings)
      return Object.freeze({ ...settings, baudRate })
    } catch (error) {
      // The failure that led here is the one to tell.
      if (error instanceof SerialError && error.code === 'UNSUPPORTED')
        await this.#applied(changes, former).catch(() => {})
      throw error
    }
  }

  /** Asks for settings; resolves to the baud rate in force, which the server chooses. */
  async #applied(names: readonly (keyof LineSettings)[], line: LineSettings): Promise<number> {
    const asked = names.map((name) => lineMessages[name](line))
    for (const name of names) this.#inDoubt.add(name)
    const answers = await this.#ask(asked)
    let { baudRate } = line
    for (const [index, name] of names.entries()) {
      const answer = answers[index]
      if (name === 'baudRate') baudRate = answer || baudRate
      else if (answer !== asked[index]?.[2])
        throw unsupported(this.#path, `the server's port does not take ${name} ${line[name]}`)
    }
    for (const name of names) this.#inDoubt.delete(name)
    return baudRate
  }

  /** @param polls - whether to ask also where the server has told of them by itself */
  async inputs(polls: boolean): Promise<InputSignals> {
    if (this.#inputs === undefined || polls) {
      const [state = 0] = await this.#ask([['modemState', ['modemState'], 0]])
      return signalsOf(state)
    }
    return this.#inputs
  }

  async setOutputs(signals: OutputSignals): Promise<void> {
    const lines = (['dtr', 'rts', 'break'] as const).filter((line) => signals[line] !== undefined)
    if (lines.length === 0) return
    const asked = lines.map((line) => {
      const value = signals[line] === true ? control[line].on : control[line].off
      return [line, ['control', value], value] as const
    })
    const answers = await this.#ask(asked)
    const wrong = lines.find((line, index) => !isDone(line, asked[index]?.[2], answers[index]))
    if (wrong !== undefined) throw this.#notSet(wrong)
  }

  #notSet(line: string): SerialError {
    const message = `${this.#path}: the server answers that it has not set ${line} as it was asked`
    return new SerialError('REMOTE', message, { path: this.#path })
  }

  /** The server speaks of a control line, or of flow control. */
  takeControl(value: number): void {
    const subject = controlOf(value)
    if (subject === undefined) return
    // Nobody asks for flow control of what is received; ser2net answers about it where DSR's, which has both ways, was asked.
    this.#requests.answer(subject === 'flowIn' ? 'flow' : subject, value)
  }

  /** The server speaks of the lines that come in; gives them where that is news. */
  takeModemState(state: number): InputSignals | undefined {
    const before = this.#inputs
    const now = signalsOf(state)
    this.#inputs = now
    this.#requests.answer('modemState', state)
    // The low half of it are changes, also those that are over.
    const isNews = (state & 0x0f) !== 0 || before === undefined || signalsDiffer(now, before)
    return isNews ? now : undefined
  }
}

/**
 * Whether the answer about a line says that it was set as asked. ser2net (4.3) says of each break that it is on, also when
 * it has ended it.
 */
function isDone(
  line: 'dtr' | 'rts' | 'break',
  asked: number | undefined,
  answer: number | undefined,
): boolean {
  return answer === asked || (line === 'break' && answer === control.break.on)
}
