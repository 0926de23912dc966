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

/** A terminal on the port, until a key, a signal or the device ends it; then the terminal is as it was before. */
export async function interact(port: SerialPort, setup: SessionSetup, stop: Stop): Promise<number> {
  using keyboard = new Keyboard(process.stdin)
  const session = new Session(port, keyboard, setup)
  const [exit, menuKey] = [keyName(setup.keys.exit), keyName(setup.keys.menu)]
  const quits = `${exit} quits, ${menuKey} h helps, Ctrl-C goes to the device`
  session.say(`${port.path} at ${lineSummary(port.settings)}; ${quits}`)
  try {
    const over = stop.over().then(() => exitCodes.failure)
    return await Promise.race([typing(session), session.display().then(() => exitCodes.ok), over])
  } finally {
    end(session)
  }
}

/** Takes what is typed to the device, and acts on the two keys that are not for it. */
async function typing(session: Session): Promise<number> {
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

function end(session: Session): void {
  const { received, screen, sent, show } = session
  screen.release()
  // A device may have left colours behind, or hidden the cursor.
  if (show.raw && screen.out.isTTY) screen.out.write('\x1b[0m\x1b[?25h')
  session.say(`closed; ${count(received)} received, ${count(sent)} sent`)
}
