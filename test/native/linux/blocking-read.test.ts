// The blocking port reads with a terminal timer, which nobody else may come to feel.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { openSync } from '../../../src/index.ts'
import { attributes } from '../../support/native.ts'
import { Pseudo } from '../../support/pseudo.ts'

/** VTIME and VMIN, where `struct termios2` has them: after four words, and the line discipline's byte. */
function readTimer(path: string): { vtime: number | undefined; vmin: number | undefined } {
  const termios = Buffer.from(attributes(path), 'hex')
  return { vtime: termios[17 + 5], vmin: termios[17 + 6] }
}

const index = new URL('../../../src/index.js', import.meta.url).href

const none = { vtime: 0, vmin: 1 }

test('the timer is set while the port is open, and gone when it is closed', () => {
  using far = new Pseudo()
  const port = openSync(far.path)
  assert.deepEqual(readTimer(far.path), { vtime: 2, vmin: 0 })
  port.reconfigure({ baudRate: 19200 })
  assert.deepEqual(readTimer(far.path), { vtime: 2, vmin: 0 })
  port.close()
  assert.deepEqual(readTimer(far.path), none)
})

for (const end of ['', 'process.exit()', 'throw new Error("on purpose")']) {
  test(`it is gone with a program that does not close: ${end || 'it ends by itself'}`, () => {
    using far = new Pseudo()
    const program = `import { openSync } from ${JSON.stringify(index)}
      console.log(openSync(${JSON.stringify(far.path)}).isOpen)
      ${end}`
    const args = ['--input-type=module', '--eval', program]
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 })
    assert.equal(stdout, 'true\n')
    assert.deepEqual(readTimer(far.path), none)
  })
}

test('a port that may be shared has none', () => {
  using far = new Pseudo()
  using port = openSync(far.path, { exclusive: false })
  assert.deepEqual(readTimer(far.path), none)
  assert.equal(port.read(1, { timeout: 300 }).length, 0)
})

test('a wait that is longer than the timer ends at its own time', () => {
  using far = new Pseudo()
  using port = openSync(far.path)
  const began = performance.now()
  assert.equal(port.read(8, { timeout: 510 }).length, 0)
  const took = performance.now() - began
  assert.ok(took >= 505 && took < 1500, `${took} ms`)
})

test('a hang-up ends a wait, however long', () => {
  using far = new Pseudo()
  using port = openSync(far.path)
  far.send('abc')
  assert.equal(port.readExactly(3, { timeout: Infinity }).toString(), 'abc')
  far.unplug()
  assert.throws(() => port.read({ timeout: Infinity }), { code: 'DISCONNECTED' })
})
