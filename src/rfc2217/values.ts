import type { FlowControl, LineSettings, Parity, StopBits } from '../settings.ts'
import type { InputSignals } from '../signals.ts'

/** A table from our words to the numbers on the connection, to be read both ways. */
class Values<T> {
  readonly #byWord: ReadonlyMap<T, number>
  readonly #byNumber: ReadonlyMap<number, T>

  constructor(entries: readonly (readonly [T, number])[]) {
    this.#byWord = new Map(entries)
    this.#byNumber = new Map(entries.map(([word, number]) => [number, word]))
  }

  numberOf(word: T): number {
    return this.#byWord.get(word) as number
  }

  wordOf(number: number): T | undefined {
    return this.#byNumber.get(number)
  }
}

/** Source: RFC 2217, section 2. */
export const dataBits: Values<LineSettings['dataBits']> = new Values([
  [5, 5],
  [6, 6],
  [7, 7],
  [8, 8],
])
export const parity: Values<Parity> = new Values<Parity>([
  ['none', 1],
  ['odd', 2],
  ['even', 3],
  ['mark', 4],
  ['space', 5],
])
export const stopBits: Values<StopBits> = new Values([
  [1, 1],
  [2, 2],
  [1.5, 3],
])

/** What SET-CONTROL says of each thing: a question, and its answers. Source: RFC 2217, section 3. */
export const control = {
  /** DCD (17) as well, which ports here don't have. */
  flow: { ask: 0, values: [1, 2, 3, 17, 19] },
  break: { ask: 4, values: [5, 6], on: 5, off: 6 },
  dtr: { ask: 7, values: [8, 9], on: 8, off: 9 },
  rts: { ask: 10, values: [11, 12], on: 11, off: 12 },
  /** Of what is received alone. */
  flowIn: { ask: 13, values: [14, 15, 16, 18] },
} as const
export type Control = keyof typeof control

const controls = Object.entries(control) as readonly (readonly [
  Control,
  { ask: number; values: readonly number[] },
])[]

/** Which thing a value of SET-CONTROL speaks of. */
export function controlOf(value: number): Control | undefined {
  return controls.find(([, { ask, values }]) => ask === value || values.includes(value))?.[0]
}

export const flow: Values<FlowControl> = new Values<FlowControl>([
  ['none', 1],
  ['software', 2],
  ['hardware', 3],
  ['dsr-dtr', 19],
])
export const flowIn: Values<FlowControl> = new Values<FlowControl>([
  ['none', 14],
  ['software', 15],
  ['hardware', 16],
  ['dsr-dtr', 18],
])

/** What PURGE-DATA drops; "receive" is what the server received from its line. Source: RFC 2217, section 3. */
export const queues: Values<'input' | 'output' | 'both'> = new Values<'input' | 'output' | 'both'>([
  ['input', 1],
  ['output', 2],
  ['both', 3],
])

/** Bits of a line state, those of a UART's line status register. Source: RFC 2217, section 4. */
export const lineState = {
  dataReady: 1,
  overrun: 2,
  parity: 4,
  framing: 8,
  break: 16,
  holdingEmpty: 32,
  allSent: 64,
} as const

/** The errors among them, in the order in which a UART would have them happen. */
export const lineErrors = ['overrun', 'break', 'framing', 'parity'] as const

/** The bits of the levels; the changes stand four below. Source: RFC 2217, section 4. */
const levels = { cts: 16, dsr: 32, ri: 64, dcd: 128 } as const

/** The input lines, from a modem state. */
export function signalsOf(state: number): InputSignals {
  const { cts, dcd, dsr, ri } = levels
  return {
    cts: (state & cts) !== 0,
    dsr: (state & dsr) !== 0,
    dcd: (state & dcd) !== 0,
    ri: (state & ri) !== 0,
  }
}

/** The modem state: levels, and what has changed since; of a ring only its end counts as a change. */
export function modemState(now: InputSignals, before: InputSignals): number {
  let state = 0
  for (const line of ['cts', 'dsr', 'ri', 'dcd'] as const) {
    if (now[line]) state |= levels[line]
    const changed = line === 'ri' ? before.ri && !now.ri : now[line] !== before[line]
    if (changed) state |= levels[line] >> 4
  }
  return state
}
