import { SerialError } from '../../errors.ts'
import type { SerialPort } from '../../index.ts'
import { exitCodes } from '../exit.ts'
import type { Stop } from '../stop.ts'
import { print } from '../style.ts'
import { sendInput } from '../transfer.ts'
import { burstGap } from '../view/hex-view.ts'
import type { ViewOptions } from '../view/options.ts'
import { View } from '../view/view.ts'
import type { Log } from './log.ts'

export interface PipeSetup {
  readonly view: ViewOptions
  readonly log: Log | undefined
  /** ms of silence that end it after the end of the input. */
  readonly idle: number
  /** Never end of its own accord. */
  readonly stay: boolean
}

/** Standard input goes to the port and what the port says to standard output, until the input has ended and the port is silent. */
export async function pipe(port: SerialPort, setup: PipeSetup, stop: Stop): Promise<number> {
  const { signal } = stop
  const output = new Output(setup)
  const sending = forward(port, signal)
  const wake = new AbortController()
  const wakeReader = () => wake.abort()
  void sending.then(setup.stay ? undefined : wakeReader, wakeReader)
  const receiving = (async () => {
    await unlessAborted(wake.signal, receive(port, output, Infinity, AbortSignal.any([signal, wake.signal])))
    await receive(port, output, setup.idle, signal)
  })()
  // Without a reader nothing is to be sent any more: the sender ends with the port.
  void receiving.catch(() => port.close())
  // Both to their ends: when the port goes while something is being sent, what it said before is still to be printed.
  const outcomes = await Promise.allSettled([receiving, sending])
  await output.finish()
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  return exitCodes.ok
}

async function forward(port: SerialPort, signal: AbortSignal): Promise<void> {
  await sendInput(port, { signal })
  await port.drain({ signal })
}

/** Prints what arrives, until nothing has for `idle` ms. */
async function receive(port: SerialPort, output: Output, idle: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { pending } = output
    const chunk = await port.read({ timeout: pending ? burstGap : idle, signal })
    if (chunk.length > 0) await output.take(chunk)
    else if (pending) await output.finish()
    else return
  }
}

async function unlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!signal.aborted || !(error instanceof SerialError) || error.code !== 'ABORTED') throw error
  }
}

/** Standard output: a terminal gets what a terminal can bear, everything else the bytes as they are, unless a view is asked for. */
class Output {
  readonly #view: View | undefined
  readonly #log: Log | undefined

  constructor({ log, view }: PipeSetup) {
    const shown = process.stdout.isTTY || view.hex || view.timestamps
    this.#view = shown ? new View(view, process.stdout) : undefined
    this.#log = log
  }

  get pending(): boolean {
    return this.#view?.pending === true
  }

  async take(bytes: Uint8Array): Promise<void> {
    this.#log?.append(bytes)
    await print(process.stdout, this.#view?.show(bytes) ?? bytes)
  }

  async finish(): Promise<void> {
    await print(process.stdout, this.#view?.finish() ?? '')
  }
}
