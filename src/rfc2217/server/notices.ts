import type { LineError } from '../../line-errors.ts'
import { signalsDiffer } from '../../signals.ts'
import type { InputSignals } from '../../signals.ts'
import { lineState, modemState } from '../values.ts'

/** Line errors that wait for the bytes before them; those beyond are taken together with the last. */
const mostErrors = 1000

/** What is to be told of the line, of what the client wants to know. The masks begin as RFC 2217, section 3, has them. */
export class Notices {
  lineMask = 0
  modemMask = 255
  #errors: { readonly offset: number; bits: number }[] = []
  /** The inputs as the client knows them. */
  #told: InputSignals | undefined
  #now: InputSignals | undefined

  /** Takes an error, to be told when all bytes before it were sent. */
  addError({ kind, offset }: LineError): void {
    const last = this.#errors.at(-1)
    const isFull = this.#errors.length >= mostErrors
    if (last !== undefined && (isFull || last.offset === offset)) last.bits |= lineState[kind]
    else this.#errors.push({ offset, bits: lineState[kind] })
  }

  /** Where the next error stands; Infinity when there is none. */
  get nextError(): number {
    return this.#errors[0]?.offset ?? Infinity
  }

  /** The line state to be told when all bytes before this place were sent; 0 when there is nothing to tell. */
  takeErrors(position: number): number {
    let bits = 0
    while (this.nextError <= position) bits |= this.#errors.shift()?.bits ?? 0
    return bits & this.lineMask
  }

  /** Takes the levels of the lines. */
  see(inputs: InputSignals): void {
    this.#now = inputs
  }

  /**
   * The modem state that is to be told; 0 when there is nothing to tell. Source: RFC 2217, section 3,
   * SET-MODEMSTATE-MASK.
   */
  takeModemState(): number {
    const [now, told] = [this.#now, this.#told]
    if (now === undefined) return 0
    this.#told = now
    const state = modemState(now, told ?? now)
    return signalsDiffer(told, now) ? state & this.modemMask : 0
  }
}
