import { columnsOf } from '../style.ts'
import type { Session } from './session.ts'

export const escape = '\x1b'
export const ctrlC = '\x03'
const ctrlU = '\x15'
const enter = ['\r', '\n']
const erase = ['\x7f', '\b']
const isText = (key: string) => !/^\p{Cc}/u.test(key)

/** Asks for a line; undefined when the answer is Esc or Ctrl-C, or nothing. */
export async function ask(session: Session, question: string): Promise<string | undefined> {
  const { keyboard, screen } = session
  let answer: string[] = []
  for (;;) {
    session.hint(`${question}: ${tail(answer.join(''), columnsOf(screen.notes) - question.length - 8)}`)
    const key = await keyboard.key()
    screen.erase()
    if (key === undefined || key === escape || key === ctrlC) return undefined
    if (enter.includes(key)) return answer.join('').trim() || undefined
    if (key === ctrlU) answer = []
    else if (erase.includes(key)) answer.pop()
    else if (isText(key)) answer.push(key)
  }
}

function tail(text: string, room: number): string {
  return text.length <= room ? text : `…${text.slice(text.length - Math.max(room - 1, 0))}`
}
