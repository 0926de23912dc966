import type { Verb } from './telnet.ts'

/** Whose option it is: each side of a connection has its own. */
export type Side = 'local' | 'remote'

/**
 * Where the negotiation of an option stands: off, on, or asked for; "opposite" where the answer is still to come and
 * something else is wanted by now. Source of the states and the table: RFC 1143, section 7.
 */
type State = 'no' | 'yes' | 'wantNo' | 'wantNoOpposite' | 'wantYes' | 'wantYesOpposite'

/** What the other side says, and what this side wants. */
type Input = 'positive' | 'negative' | 'enable' | 'disable'

/** The next state, and what is said. */
type Transition = readonly [State, said?: 'positive' | 'negative']

const transitions: Readonly<Record<State, Readonly<Record<Input, Transition>>>> = {
  no: {
    positive: ['yes', 'positive'],
    negative: ['no'],
    enable: ['wantYes', 'positive'],
    disable: ['no'],
  },
  yes: {
    positive: ['yes'],
    negative: ['no', 'negative'],
    enable: ['yes'],
    disable: ['wantNo', 'negative'],
  },
  // The other side may not answer a no with a yes. Where it does, it is taken at its word only if that is wanted.
  wantNo: {
    positive: ['no'],
    negative: ['no'],
    enable: ['wantNoOpposite'],
    disable: ['wantNo'],
  },
  wantNoOpposite: {
    positive: ['yes'],
    negative: ['wantYes', 'positive'],
    enable: ['wantNoOpposite'],
    disable: ['wantNo'],
  },
  wantYes: {
    positive: ['yes'],
    negative: ['no'],
    enable: ['wantYes'],
    disable: ['wantYesOpposite'],
  },
  wantYesOpposite: {
    positive: ['wantNo', 'negative'],
    negative: ['no'],
    enable: ['wantYes'],
    disable: ['wantYesOpposite'],
  },
}

const received: Readonly<Record<Verb, readonly [Side, 'positive' | 'negative']>> = {
  will: ['remote', 'positive'],
  wont: ['remote', 'negative'],
  do: ['local', 'positive'],
  dont: ['local', 'negative'],
}

const said: Readonly<Record<Side, Readonly<Record<'positive' | 'negative', Verb>>>> = {
  local: { positive: 'will', negative: 'wont' },
  remote: { positive: 'do', negative: 'dont' },
}

/** What comes of a step. */
export interface Step {
  readonly side: Side
  /** What is to be said to the other side. */
  readonly reply: Verb | undefined
  /** Present when the option is on or off now, and was not before. */
  readonly enabled: boolean | undefined
}

/** One option, on both sides. */
export class Negotiation {
  readonly #states: Record<Side, State> = { local: 'no', remote: 'no' }

  isEnabled(side: Side): boolean {
    return this.#states[side] === 'yes'
  }

  /** Asks for the option, or for its end. */
  want(side: Side, on: boolean): Step {
    return this.#step(side, on ? 'enable' : 'disable')
  }

  receive(verb: Verb): Step {
    return this.#step(...received[verb])
  }

  #step(side: Side, input: Input): Step {
    const before = this.#states[side]
    const [state, words] = transitions[before][input]
    this.#states[side] = state
    const settled = state !== before && (state === 'yes' || state === 'no')
    return {
      side,
      reply: words && said[side][words],
      enabled: settled ? state === 'yes' : undefined,
    }
  }
}

/** What is said to an option that is not known here; a refusal needs no answer. */
export function refusalOf(verb: Verb): Verb | undefined {
  const [side, word] = received[verb]
  return word === 'positive' ? said[side].negative : undefined
}
