import type { RelayData } from './cable.ts'
import type { PosixCalls } from './system.ts'

const POLLIN = 1
const POLLOUT = 4

/** One direction of the cable: what was read from one master and waits for room in the other. */
class Lane {
  readonly #calls: PosixCalls
  readonly #from: number
  readonly #to: number
  readonly #memory = new Uint8Array(64 * 1024)
  #start = 0
  #end = 0

  constructor(calls: PosixCalls, from: number, to: number) {
    this.#calls = calls
    this.#from = from
    this.#to = to
  }

  get empty(): boolean {
    return this.#start === this.#end
  }

  /** Carries what can be carried without waiting. A failing call means "not now": the masters stay open meanwhile. */
  carry(): void {
    if (this.empty) {
      this.#start = 0
      this.#end = Math.max(0, this.#calls.read(this.#from, this.#memory, this.#memory.byteLength))
    }
    if (this.empty) return
    const rest = this.#memory.subarray(this.#start, this.#end)
    this.#start += Math.max(0, this.#calls.write(this.#to, rest, rest.byteLength))
  }
}

/** Carries bytes between two masters until told to stop: the body of the cable's thread. */
export function relay(calls: PosixCalls, { a, b, stop }: RelayData): void {
  const [forth, back] = [new Lane(calls, a, b), new Lane(calls, b, a)]
  // Three `struct pollfd`: an int and two shorts each.
  const polls = new Uint8Array(24)
  const fds = new Int32Array(polls.buffer)
  const events = new Int16Array(polls.buffer)
  fds.set([a, 0, b, 0, stop, 0])
  for (;;) {
    events[2] = (forth.empty ? POLLIN : 0) | (back.empty ? 0 : POLLOUT)
    events[6] = (back.empty ? POLLIN : 0) | (forth.empty ? 0 : POLLOUT)
    events[10] = POLLIN
    // Now and then back in JavaScript, where a process that exits can end this thread.
    calls.poll(polls, 3, 250)
    if (events[11] !== 0) return
    forth.carry()
    back.carry()
  }
}
