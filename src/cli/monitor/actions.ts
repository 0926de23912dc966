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

export async function askBreak(session: Session): Promise<void> {
  const answer = await ask(session, 'break for how many ms')
  if (answer === undefined) return
  await session.port.sendBreak(toNumber(answer))
  session.say(`break sent, ${answer} ms`)
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
  const cancel = new AbortController()
  const done = new AbortController()
  const watch = cancelByKey(session, done.signal, cancel)
  session.say(`sending ${path}, Esc cancels`)
  // The progress is drawn over this line, and wiped away with it.
  session.hint('0 bytes sent')
  try {
    const sent = await sendFile(session.port, path, session.screen.notes, { signal: cancel.signal })
    session.sent += sent
    session.say(`${cancel.signal.aborted ? 'cancelled, ' : ''}${count(sent)} sent`)
  } finally {
    done.abort()
    await watch
  }
}

/** Until it is done, Esc and Ctrl-C cancel; the other keys are not for the device now. */
async function cancelByKey({ keyboard }: Session, done: AbortSignal, cancel: AbortController): Promise<void> {
  while (!done.aborted) {
    const key = await keyboard.key(done)
    if (!done.aborted && (key === undefined || key === escape || key === ctrlC)) return cancel.abort()
  }
}

export async function pause(session: Session): Promise<void> {
  session.hint('paused; any key goes on')
  const key = await session.keyboard.key()
  session.screen.erase()
  // The key that quits is to quit, also here.
  if (key?.charCodeAt(0) === session.keys.exit) session.keyboard.unread(Buffer.from(key))
}
