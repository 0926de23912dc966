import { changedData } from './failures.ts'

/** A write of which not all was taken at once. */
export class PendingWrite {
  readonly data: Uint8Array
  readonly #total: number
  /** How many bytes were taken so far. */
  taken: number
  /** Resolves to that number in the end. */
  readonly settled: Promise<number>
  #resolve: (taken: number) => void = () => {}
  #reject: (error: Error) => void = () => {}

  constructor(data: Uint8Array, taken: number) {
    this.data = data
    this.#total = data.byteLength
    this.taken = taken
    this.settled = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  get isDone(): boolean {
    return this.taken === this.#total
  }

  /** Ends it with what was taken. */
  settle(): void {
    this.#resolve(this.taken)
  }

  fail(error: Error): void {
    this.#reject(error)
  }

  /** Ends it when its memory was transferred away meanwhile, or resized: then it has other bytes, or none. */
  checkData(path: string): boolean {
    if (this.data.byteLength === this.#total) return true
    this.#reject(changedData(path, this.taken))
    return false
  }
}
