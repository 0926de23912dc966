import { native } from '../native/index.ts'
import type { Room } from '../room.ts'
import { grepIn } from './grep.ts'

/** `hwgrep://<regexp>[&n=<number>][&skip_busy]`: the port of this machine that matches. */
export const room: Room = grepIn(native)
