import { setTimeout as sleep } from 'node:timers/promises'

/** A reader has this to do with so many bytes before it takes more, or is done: 1 ms. */
export const bytesPerMillisecond = 4096

/** How a slow reader waits: for as long as what it was given takes it. */
export class Pace {
  #owed = 0

  async after(bytes: number): Promise<void> {
    this.#owed += bytes
    const milliseconds = Math.floor(this.#owed / bytesPerMillisecond)
    this.#owed %= bytesPerMillisecond
    if (milliseconds > 0) await sleep(milliseconds)
  }
}
