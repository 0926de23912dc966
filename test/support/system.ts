import { comPort } from './com-port.ts'
import { linuxTerminal } from './linux-terminal.ts'
import { onWindows } from './platform.ts'

/** What the system itself says of a port. */
export interface System {
  /** Asserts that nobody has it open, and that it keeps nobody out. */
  assertFree(path: string, message?: string): void
  /** Asserts that who had it open has not any more, in whatever way he ended. */
  assertLetGo(path: string): void
  /** The same of a thread that was terminated. */
  assertLetGoByThread(path: string): void
  /** Asserts that somebody has it open: for himself or, where a system has that, shared with others. */
  assertHeld(path: string, lock: 'exclusive' | 'shared'): void
  /** Its settings: the same text for the same settings. */
  attributes(path: string): string
  /** Gives it settings that opening would change. */
  unsettle(path: string): void
}

export const system: System = onWindows ? comPort : linuxTerminal
