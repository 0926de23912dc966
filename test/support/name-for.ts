import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Pseudo } from './pseudo.ts'

/** A name for one terminal after the other. */
export function nameFor(
  terminal: Pseudo,
  name: string = path.join(mkdtempSync(path.join(tmpdir(), 'baud-')), 'tty'),
): string {
  rmSync(name, { force: true })
  symlinkSync(terminal.path, name)
  return name
}
