// How a test has cables laid between COM ports: it asks lab/wine, through files; see lab/wine/control.mjs.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { threadId } from 'node:worker_threads'

const { BAUD_LAB } = process.env

/** Why a test that lays cables can't run here, or false. */
export const needsLab: string | false = BAUD_LAB === undefined && 'needs the lab: node lab/wine/run.mjs'

const never = new Int32Array(new SharedArrayBuffer(4))

/** The lab is another process, so this thread may stand still until it has answered. */
function ask(request: string): unknown {
  if (BAUD_LAB === undefined) throw new Error(String(needsLab))
  const file = path.join(BAUD_LAB, request)
  const answer = `${file}.done`
  writeFileSync(file, '')
  for (const begun = performance.now(); !existsSync(answer); Atomics.wait(never, 0, 0, 2)) {
    if (performance.now() - begun > 20_000) throw new Error(`the lab does not answer ${request}`)
  }
  const text = readFileSync(answer, 'utf8')
  rmSync(answer)
  return JSON.parse(text)
}

let requests = 0

/** Two more COM ports with a cable between them. */
export function addCable(): { a: string; b: string } {
  return ask(`add.${process.pid}T${threadId}N${++requests}`) as { a: string; b: string }
}

/** Takes them away, open or not; once they are gone this does nothing. */
export function removeCable(cable: { a: string }): void {
  ask(`remove.${cable.a}`)
}
