import type { DataBits, FlowControl, Parity, StopBits } from '../../index.ts'
import { describe } from '../exit.ts'
import { keyName } from '../keys.ts'
import {
  askBreak,
  askFile,
  askSpeed,
  change,
  nextLineEnd,
  pause,
  showStatus,
  toggleEcho,
  toggleLine,
  toggleLog,
  toggleView,
} from './actions.ts'
import type { Session } from './session.ts'

/** One line of the menu. The letters are miniterm's, where it has the same. */
interface Entry {
  /** The keys, as a terminal sends them; capital letters count as small ones unless they are here. */
  readonly keys: readonly string[]
  /** The keys for a reader, and what they do. */
  readonly help: readonly [string, string]
  run(session: Session, key: string): void | Promise<void>
}

const ctrl = (letter: string) => String.fromCharCode(letter.charCodeAt(0) & 0x1f)

const parityOf: Readonly<Record<string, Parity>> = { n: 'none', e: 'even', o: 'odd', m: 'mark', s: 'space' }
const stopBitsOf: Readonly<Record<string, StopBits>> = { '1': 1, '2': 2, '3': 1.5 }
const flowOf: Readonly<Record<string, FlowControl>> = { R: 'hardware', X: 'software', D: 'dsr-dtr' }

const entries: readonly Entry[] = [
  { keys: ['h', '?', ctrl('h')], help: ['h ?', 'this help'], run: help },
  { keys: ['i', ctrl('i')], help: ['i', 'show settings, control lines and byte counts'], run: showStatus },
  { keys: ['b'], help: ['b', 'change the speed'], run: askSpeed },
  {
    keys: ['5', '6', '7', '8'],
    help: ['5 6 7 8', 'data bits'],
    run: (session, key) => change(session, { dataBits: Number(key) as DataBits }),
  },
  {
    keys: Object.keys(parityOf),
    help: ['n e o m s', 'parity none, even, odd, mark, space'],
    run: (session, key) => change(session, { parity: parityOf[key] }),
  },
  {
    keys: Object.keys(stopBitsOf),
    help: ['1 2 3', 'stop bits 1, 2, 1.5'],
    run: (session, key) => change(session, { stopBits: stopBitsOf[key] }),
  },
  {
    keys: ['R', 'X', 'D', 'r', 'x', 'd'],
    help: ['R X D', 'flow control RTS/CTS, XON/XOFF, DTR/DSR; small letters: none'],
    run: (session, key) => change(session, { flowControl: flowOf[key] ?? 'none' }),
  },
  { keys: [ctrl('d')], help: ['Ctrl-D', 'DTR on or off'], run: (session) => toggleLine(session, 'dtr') },
  { keys: [ctrl('r')], help: ['Ctrl-R', 'RTS on or off'], run: (session) => toggleLine(session, 'rts') },
  { keys: [ctrl('b')], help: ['Ctrl-B', 'break on or off'], run: (session) => toggleLine(session, 'break') },
  { keys: ['k'], help: ['k', 'send a break of so many ms'], run: askBreak },
  {
    keys: ['v'],
    help: ['v', 'view as hex or text'],
    run: (session) => toggleView(session, 'hex', 'hex'),
  },
  {
    keys: ['t'],
    help: ['t', 'timestamps'],
    run: (session) => toggleView(session, 'timestamps', 'timestamps'),
  },
  {
    keys: ['a'],
    help: ['a', 'raw: let control characters from the device through'],
    run: (session) => toggleView(session, 'raw', 'raw'),
  },
  { keys: [ctrl('e')], help: ['Ctrl-E', 'local echo'], run: toggleEcho },
  { keys: [ctrl('l')], help: ['Ctrl-L', 'what Enter sends: CRLF, CR, LF'], run: nextLineEnd },
  { keys: ['l'], help: ['l', 'start or stop the log'], run: toggleLog },
  { keys: ['f', ctrl('u')], help: ['f Ctrl-U', 'send a file'], run: askFile },
  { keys: ['c'], help: ['c', 'clear the screen'], run: ({ screen }) => screen.clear() },
  { keys: ['p'], help: ['p', 'pause the screen'], run: pause },
]

/** Reads one key after the menu key and does what it says. True: quit. */
export async function menu(session: Session): Promise<boolean> {
  const { keyboard, keys, screen } = session
  screen.hold()
  try {
    session.hint(`${keyName(keys.menu)}: h help, q quit, i status, b speed, f send a file, Esc back`)
    const key = await keyboard.key()
    screen.erase()
    if (key === undefined) return false
    if (key.toLowerCase() === 'q') return true
    const code = key.charCodeAt(0)
    if (code === keys.exit || code === keys.menu) session.send(Buffer.of(code))
    else await choose(session, key)
    return false
  } finally {
    screen.release()
  }
}

function find(key: string): Entry | undefined {
  return entries.find(({ keys }) => keys.includes(key))
}

async function choose(session: Session, key: string): Promise<void> {
  const entry = find(key)
  try {
    await (entry ?? find(key.toLowerCase()))?.run(session, entry === undefined ? key.toLowerCase() : key)
  } catch (error) {
    // What does not work is said, and the session goes on; when the port itself is gone, the reading side ends it.
    session.say(describe(error))
  }
}

function help(session: Session): void {
  const { exit, menu: menuKey } = session.keys
  const rows = [
    ...entries.map((entry) => entry.help),
    [`${keyName(menuKey)} ${keyName(exit)}`, 'send that key to the device'] as const,
    ['q', `quit (or ${keyName(exit)}, without the menu)`] as const,
  ]
  const width = Math.max(...rows.map(([keys]) => keys.length))
  session.say(`${keyName(menuKey)}, then`, ...rows.map(([keys, text]) => `  ${keys.padEnd(width)}  ${text}`))
}
