/** What stands in a {@link WaitingList}. The fields are the list's own. */
export interface Waiting<T> {
  before: T | undefined
  after: T | undefined
}

/**
 * Those who wait, in their order. Each may leave from where it stands: an array would move all that are behind it, which for
 * thousands takes longer than whatever they wait for.
 */
export class WaitingList<T extends Waiting<T>> implements Iterable<T> {
  #first: T | undefined
  #last: T | undefined

  get first(): T | undefined {
    return this.#first
  }

  get last(): T | undefined {
    return this.#last
  }

  push(one: T): void {
    one.before = this.#last
    if (this.#last === undefined) this.#first = one
    else this.#last.after = one
    this.#last = one
  }

  /** Takes one out, if it is there. */
  delete(one: T): void {
    const { after, before } = one
    if (before === undefined && this.#first !== one) return
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    one.before = one.after = undefined
  }

  /** Puts another in the place of the first. */
  replaceFirst(one: T): void {
    const { first } = this
    if (first !== undefined) this.delete(first)
    one.after = this.#first
    if (this.#first === undefined) this.#last = one
    else this.#first.before = one
    this.#first = one
  }

  /** Takes all of them out. */
  takeAll(): T[] {
    const all = [...this]
    for (const one of all) this.delete(one)
    return all
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let one = this.#first; one !== undefined; one = one.after) yield one
  }
}
