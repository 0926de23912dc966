import { setTimeout as sleep } from 'node:timers/promises'
import type { SerialPort } from '../../index.ts'
import { exitCodes } from '../exit.ts'
import { keyName } from '../keys.ts'
import type { Stop } from '../stop.ts'
import { count } from '../style.ts'
import { Keyboard } from './keyboard.ts'
import { menu } from './menu.ts'
import { Session } from './session.ts'
import type { SessionSetup } from './session.ts'
import { lineSummary } from './status.ts'

/** So long (ms) may take, each, what is under way at the end, and what was typed last and has not left. */
const patience = 100

/** A terminal on the port, until a key, a signal or the device ends it; then the terminal is as it was before. */
export async function interact(port: SerialPort, setup: SessionSetup, stop: Stop): Promise<number> {
  using keyboard = new Keyboard(process.stdin)
  const session = new Session(port, keyboard, setup)
  const [exit, menuKey] = [keyName(setup.keys.exit), keyName(setup.keys.menu)]
  const quits = `${exit} quits, ${menuKey} h helps, Ctrl-C goes to the device`
  session.say(`${port.path} at ${lineSummary(port.settings)}; ${quits}`)
  const typing = takeKeys(session)
  const over = stop.over().then(() => exitCodes.failure)
  try {
    return await Promise.race([typing, session.display().then(() => exitCodes.ok), over])
  } finally {
    // A question is given up, a file that is being sent cancelled.
    keyboard.end()
    await Promise.race([typing, sleep(patience, undefined, { ref: false })])
    // When it does not leave, or the port is gone, the count tells.
    await port.drain({ timeout: patience }).catch(() => {})
    takeLeave(session)
  }
}

/** Takes what is typed to the device, and acts on the two keys that are not for it. */
async function takeKeys(session: Session): Promise<number> {
  const { keyboard, keys } = session
  for (;;) {
    const typed = await keyboard.read()
    if (typed === undefined) return exitCodes.hangup
    const at = typed.findIndex((byte) => byte === keys.exit || byte === keys.menu)
    session.type(at < 0 ? typed : typed.subarray(0, at))
    if (at < 0) continue
    keyboard.unread(typed.subarray(at + 1))
    if (typed[at] === keys.exit || (await menu(session))) return exitCodes.ok
  }
}

function takeLeave(session: Session): void {
  const { received, screen, sent, show } = session
  screen.release()
  // A device may have left colours behind, or hidden the cursor.
  if (show.raw && screen.out.isTTY) screen.out.write('\x1b[0m\x1b[?25h')
  session.say(`closed; ${count(received)} received, ${count(sent)} sent`)
}
