import { SerialError } from '../../errors.ts'
import type { SerialPort, WaitOptions } from '../../index.ts'
import type { Traffic } from '../instrument.ts'
import type { Transcript } from './transcript.ts'

/** The end of the cable where the person sits: sends lines and reads lines, each with a limit, and counts. */
export class Client {
  readonly traffic: Traffic = { received: 0, sent: 0 }
  readonly #port: SerialPort
  readonly #transcript: Transcript

  constructor(port: SerialPort, transcript: Transcript) {
    this.#port = port
    this.#transcript = transcript
  }

  async send(text: string, limits: WaitOptions, note?: string): Promise<void> {
    this.traffic.sent += await this.#port.write(`${text}\n`, limits)
    await this.#transcript.add('sent', text, note)
  }

  /** A line, without a word about it. */
  async readLine(limits: WaitOptions): Promise<string> {
    const line = await this.#port.readUntil('\n', limits)
    this.traffic.received += line.length
    return line.toString().trimEnd()
  }

  /** Waits for an answer and tells of it, or that it did not come in time. */
  async hear(limits: WaitOptions, note?: string): Promise<void> {
    try {
      await this.#transcript.add('received', await this.readLine(limits), note)
    } catch (error) {
      if (!(error instanceof SerialError) || error.code !== 'TIMEOUT') throw error
      await this.#transcript.add('timeout', `TIMEOUT after ${limits.timeout} ms`, note)
    }
  }
}
