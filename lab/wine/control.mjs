// How a test under Wine asks for hardware: through files, since a socket is one more thing that may not work there.
// A file `add.N` lays one more cable and is answered by `add.N.done`, which holds { a, b }; `remove.COM15` pulls that
// one out and is answered by `remove.COM15.done`.
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** @returns {{ folder: string, close: () => void }} */
export function serveCables(cables) {
  const folder = mkdtempSync(path.join(tmpdir(), 'baud-lab-'))
  let busy = false
  const look = async () => {
    if (busy) return
    busy = true
    for (const name of readdirSync(folder)) {
      if (/^(add|remove)\.[A-Z0-9]+$/.test(name)) await answer(cables, folder, name)
    }
    busy = false
  }
  const timer = setInterval(() => void look(), 10)
  const close = () => {
    clearInterval(timer)
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, close }
}

async function answer(cables, folder, name) {
  const [verb, argument] = name.split('.')
  const result = verb === 'add' ? await cables.add() : await cables.remove(argument)
  rmSync(path.join(folder, name))
  // Renamed when complete: whoever sees it can read it.
  const file = path.join(folder, `${name}.done`)
  writeFileSync(`${file}.part`, JSON.stringify(result ?? {}))
  renameSync(`${file}.part`, file)
}
