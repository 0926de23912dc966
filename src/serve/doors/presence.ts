import type { Seat } from '../seat.ts'
import type { Limits } from '../share.ts'
import { Stall } from '../stall.ts'

/** How often a client is asked whether it is there, within the time in which it must have answered. */
const questions = 2

/** What a client is watched by. */
export interface Watch {
  readonly seat: Pick<Seat, 'isHeld' | 'isInTheWay'>
  readonly limits: Limits
  /** Asks it whether it is there; an answer is to be told to {@link Presence.answered}. */
  readonly ask: () => void
  /** The server has had enough of it: why. */
  readonly cut: (why: string) => void
}

/**
 * Whether a client is still there. One that has vanished without a word looks like one that is silent, and is asked where it
 * is in others' way; one that has never answered may not know how, and is left alone.
 */
export class Presence {
  /** How often something has come from it that was no answer, and how often an answer has. */
  #said = 0
  #answers = 0
  /** How often there was a reason for its silence. */
  #excuses = 0
  /** How things stood when it was asked, and how often it was since. */
  #asked = { standing: '', times: 0 }
  readonly #watches: Stall[] = []

  /** Something has come from it. */
  said(): void {
    this.#said++
  }

  /** It has answered that it is there. */
  answered(): void {
    this.#answers++
  }

  watch(watch: Watch): void {
    const { cut, limits, seat } = watch
    const { answer, idle } = limits
    const silent = () => cut(`silent for ${idle / 1000} s`)
    const mostIdle = () => idle
    if (idle !== Infinity) this.#watches.push(new Stall(mostIdle, () => this.#silence(seat), silent))
    const unsure = () => this.#ask(watch)
    const mostUnsure = () => answer / (questions + 1)
    this.#watches.push(new Stall(mostUnsure, () => this.#standing(seat), unsure))
    for (const each of this.#watches) each.watch()
  }

  /** While it is not read it can't be heard. */
  #silence({ isHeld }: Watch['seat']): string {
    if (isHeld) this.#excuses++
    return `${this.#said} ${this.#excuses}`
  }

  #standing({ isHeld, isInTheWay }: Watch['seat']): string {
    if (isHeld || !isInTheWay || this.#answers === 0) this.#excuses++
    return `${this.#said} ${this.#answers} ${this.#excuses}`
  }

  #ask({ ask, cut, limits }: Watch): void {
    const standing = `${this.#said} ${this.#answers} ${this.#excuses}`
    if (standing !== this.#asked.standing) this.#asked = { standing, times: 0 }
    if (this.#asked.times++ < questions) ask()
    else cut(`it does not answer any more, and others have waited ${limits.answer / 1000} s for it`)
  }

  end(): void {
    for (const each of this.#watches) each.end()
  }
}
