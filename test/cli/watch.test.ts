import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { list } from '../../src/index.ts'
import { Running, eventually } from './support.ts'

/** Makes the kernel say that a port has gone, or come; false where it can't be made to. */
function pretend(path: string, action: 'add' | 'remove'): boolean {
  try {
    writeFileSync(`/sys/class/tty/${basename(path)}/uevent`, action)
    return true
  } catch {
    return false
  }
}

it('list --watch tells of the ports there are, then of changes, until Ctrl-C', async () => {
  const ports = await list()
  await using running = new Running(['list', '--watch', '--json'])
  const expected = ports.map((port) => ({ type: 'added', port }))
  const [port] = ports
  if (port !== undefined) {
    await running.prints(`"path":"${ports.at(-1)?.path}"`)
    if (pretend(port.path, 'remove')) {
      pretend(port.path, 'add')
      await running.prints('"type":"removed"')
      expected.push({ type: 'removed', port }, { type: 'added', port })
    }
  }
  const printed = (): string => running.stdout.toString()
  await eventually(printed, () => printed().split('\n').length > expected.length)
  // Without a port nothing shows that it has begun.
  if (port === undefined) await sleep(1000)
  running.signal('SIGINT')
  const { code, stderr, stdout } = await running.ended()
  assert.deepEqual([code, stderr], [0, ''])
  const told = stdout.split('\n').filter((line) => line !== '')
  assert.deepEqual(
    told.map((line) => JSON.parse(line) as unknown),
    expected,
  )
})
