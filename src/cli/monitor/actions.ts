import type { OutputSignals, ReconfigureOptions } from '../../index.ts'
import { UsageError } from '../exit.ts'
import { count } from '../style.ts'
import { sendFile } from '../transfer.ts'
import { ask, ctrlC, escape } from './ask.ts'
import type { Session } from './session.ts'
import { flows, lineSummary, onOff, status } from './status.ts'

export async function showStatus(session: Session): Promise<void> {
  session.say(...(await status(session)))
}

export async function change(session: Session, changes: ReconfigureOptions): Promise<void> {
  const { port } = session
  await port.reconfigure(changes)
  session.say(`${lineSummary(port.settings)}, ${flows[port.settings.flowControl]}`)
}

export async function askSpeed(session: Session): Promise<void> {
  const answer = await ask(session, `speed in bit/s [${session.port.settings.baudRate}]`)
  if (answer !== undefined) await change(session, { baudRate: toNumber(answer) })
}

/** Longer ones are mistyped, or meant to be switched on and off. */
const longestBreak = 60_000

export async function askBreak(session: Session): Promise<void> {
  const answer = await ask(session, 'break for how many ms')
  if (answer === undefined) return
  const duration = toNumber(answer)
  if (duration > longestBreak)
    throw new UsageError(`a break is at most ${longestBreak} ms; Ctrl-B switches one on and off`)
  session.say(`break for ${duration} ms, Esc ends it`)
  // It may last, and what the device says to it is to be seen.
  session.screen.release()
  const isWhole = await cancellable(session, async (signal) => {
    await session.port.sendBreak(duration, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    return !signal.aborted
  })
  session.say(isWhole ? `break sent, ${duration} ms` : 'break cut short')
}

function toNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`"${text}" is no number`)
  return Number(text)
}

export async function toggleLine(session: Session, line: keyof OutputSignals): Promise<void> {
  const level = !session.lines[line]
  await session.port.setSignals({ [line]: level })
  session.lines[line] = level
  session.say(`${line === 'break' ? line : line.toUpperCase()} ${onOff(level)}`)
}

export function toggleView(session: Session, part: 'hex' | 'timestamps' | 'raw', name: string): void {
  session.show[part] = !session.show[part]
  session.say(`${name} ${onOff(session.show[part])}`)
}

export function toggleEcho(session: Session): void {
  session.echo = !session.echo
  session.say(`local echo ${onOff(session.echo)}`)
}

export function nextLineEnd(session: Session): void {
  const next = { crlf: 'cr', cr: 'lf', lf: 'crlf' } as const
  session.eol = next[session.eol]
  session.say(`Enter sends ${session.eol.toUpperCase()}`)
}

export async function toggleLog(session: Session): Promise<void> {
  if (session.log !== undefined) {
    session.say(`log ${session.log.path} stopped`)
    return session.stopLog()
  }
  const path = await ask(session, 'append what is received to the file')
  if (path === undefined) return
  session.startLog(path)
  session.say(`log ${path} started`)
}

export async function askFile(session: Session): Promise<void> {
  const path = await ask(session, 'file to send')
  if (path === undefined) return
  session.say(`sending ${path}, Esc cancels`)
  // The progress is drawn over this line, and wiped away with it.
  session.hint('0 bytes sent')
  await cancellable(session, async (signal) => {
    const sent = await sendFile(session.port, path, session.screen.notes, { signal })
    session.sent += sent
    session.say(`${signal.aborted ? 'cancelled, ' : ''}${count(sent)} sent`)
  })
}

/** What takes its time: Esc and Ctrl-C cancel it meanwhile, and so does the key that quits. */
async function cancellable<T>(session: Session, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const cancel = new AbortController()
  const done = new AbortController()
  const watch = cancelByKey(session, done.signal, cancel)
  try {
    return await work(cancel.signal)
  } finally {
    done.abort()
    await watch
  }
}

/** The keys that cancel nothing are not for the device now. */
async function cancelByKey(
  { keyboard, keys }: Session,
  done: AbortSignal,
  cancel: AbortController,
): Promise<void> {
  while (!done.aborted) {
    const key = await keyboard.key(done)
    if (done.aborted) return
    const isExit = key?.charCodeAt(0) === keys.exit
    if (key !== undefined && isExit) keyboard.unread(Buffer.from(key))
    if (key === undefined || isExit || key === escape || key === ctrlC) return cancel.abort()
  }
}

export async function pause(session: Session): Promise<void> {
  session.hint('paused; any key goes on')
  const key = await session.keyboard.key()
  session.screen.erase()
  // The key that quits is to quit, also here.
  if (key?.charCodeAt(0) === session.keys.exit) session.keyboard.unread(Buffer.from(key))
}
