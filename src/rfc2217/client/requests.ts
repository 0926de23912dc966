import { SerialError } from '../../errors.ts'
import type { Command } from '../com-port.ts'
import { control } from '../values.ts'
import type { Control } from '../values.ts'

/** What an answer is about. */
export type Subject = Exclude<Command, 'control'> | Control

interface Request {
  readonly wanted: number
  /** Absent once nobody waits for the answer, which may come all the same. */
  settle: { resolve(value: number): void; reject(error: unknown): void } | undefined
  /** Ends the wait for an answer that has a time-out. */
  timeout: Timeout | undefined
}

interface Timeout {
  /** When it was asked. */
  readonly begun: number
  /** How long the answer may take, in ms. */
  limit: number
  timer: NodeJS.Timeout
  readonly expire: () => void
}

/** How many time-outs an answer may take of a server that gives signs of life. */
const mostTimeouts = 10

/** What may be the matter, where it is known of some servers. */
const hints: Readonly<Partial<Record<Subject, string>>> = {
  ...Object.fromEntries(
    Object.keys(control).map((subject) => [subject, 'some servers never do: ?ign_set_control does without']),
  ),
  modemState: 'some servers do not tell of their lines',
}

const itIsSlow = 'is it slow, or does a client before still go? ?timeout=<seconds> gives it longer'

/** Of a server that gave signs of life. */
const itWaits = 'it is there: does a client before still go? ?timeout=<seconds> gives it longer'

/** Questions of a kind whose answers may still come although nobody waits for them. */
const mostLate = 16

/** What was asked of the server and not answered yet. Answers come in the order of the questions about the same thing. */
export class Requests {
  readonly #path: string
  readonly #timeout: number
  readonly #bySubject: Map<Subject, Request[]> = new Map()
  #count = 0

  /** @param timeout - ms, for each answer */
  constructor(path: string, timeout: number) {
    this.#path = path
    this.#timeout = timeout
  }

  /** Whether somebody waits for an answer. */
  get waiting(): boolean {
    return this.#count > 0
  }

  /**
   * Resolves to the answer.
   *
   * @param wanted - the answer that means "done as asked"; others are answers as well
   */
  expect(subject: Subject, wanted: number): Promise<number> {
    const request = this.#add(subject, wanted)
    return this.#settled(request, (reject) => {
      const limit = this.#timeout
      const expire = () => reject(this.#noAnswer(subject, request.timeout?.limit ?? limit))
      request.timeout = { begun: performance.now(), limit, timer: setTimeout(expire, limit).unref(), expire }
    })
  }

  /** The server has given a sign of life: all time-outs begin anew, within a bound. */
  renew(): void {
    const now = performance.now()
    for (const { timeout } of [...this.#bySubject.values()].flat()) {
      if (timeout === undefined) continue
      const { begun, expire } = timeout
      timeout.limit = Math.min(now - begun + this.#timeout, mostTimeouts * this.#timeout)
      clearTimeout(timeout.timer)
      timeout.timer = setTimeout(expire, begun + timeout.limit - now).unref()
    }
  }

  /** The same, for as long as it takes; when the signal aborts, it rejects with the signal's reason. */
  async expectUntil(signal: AbortSignal, subject: Subject, wanted: number): Promise<number> {
    const request = this.#add(subject, wanted)
    let abort = () => {}
    const settled = this.#settled(request, (reject) => {
      abort = () => reject(signal.reason as Error)
    })
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    try {
      return await settled
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  #add(subject: Subject, wanted: number): Request {
    const request: Request = { wanted, settle: undefined, timeout: undefined }
    const requests = this.#bySubject.get(subject)
    if (requests === undefined) this.#bySubject.set(subject, [request])
    else requests.push(request)
    // One that never answers.
    if (requests?.[0]?.settle === undefined && (requests?.length ?? 0) > mostLate) requests?.shift()
    return request
  }

  #settled(request: Request, limit: (reject: (error: Error) => void) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#count++
      request.settle = { resolve, reject }
      limit((error) => this.#settle(request, () => reject(error)))
    })
  }

  #settle(request: Request, how: () => void): void {
    if (request.settle === undefined) return
    request.settle = undefined
    clearTimeout(request.timeout?.timer)
    request.timeout = undefined
    this.#count--
    how()
  }

  /**
   * Takes an answer. As a rule it is that to the oldest question. When nobody waits for that one any more, it may be late
   * or may never come: then an answer that is just what somebody waits for is his.
   */
  answer(subject: Subject, value: number): void {
    const requests = this.#bySubject.get(subject) ?? []
    const fitting = requests.findIndex(({ settle, wanted }) => settle !== undefined && wanted === value)
    const isLate = requests[0]?.settle === undefined && fitting > 0
    for (const request of requests.splice(0, isLate ? fitting + 1 : 1)) {
      const { settle } = request
      this.#settle(request, () => settle?.resolve(value))
    }
  }

  /** Nothing will be answered any more. */
  fail(failure: () => SerialError): void {
    const all = [...this.#bySubject.values()].flat()
    this.#bySubject.clear()
    for (const request of all) {
      const { settle } = request
      this.#settle(request, () => settle?.reject(failure()))
    }
  }

  #noAnswer(subject: Subject, limit: number): SerialError {
    const hint = limit > this.#timeout ? itWaits : (hints[subject] ?? itIsSlow)
    const message = `${this.#path}: the server did not answer within ${Math.round(limit)} ms when asked for ${subject}; ${hint}`
    return new SerialError('TIMEOUT', message, { path: this.#path })
  }
}
