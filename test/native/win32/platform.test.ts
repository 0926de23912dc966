// What the Windows room refuses, which can be seen on every system.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { platform } from '../../../src/native/win32/index.ts'
import { resolveOptions } from '../../../src/settings.ts'
import { win32event } from '../../../src/win32/index.ts'

const settings = resolveOptions(undefined)

/** Runs as in a Node.js for another processor. */
async function onArchitecture(name: string, work: () => Promise<void>): Promise<void> {
  const arch = Object.getOwnPropertyDescriptor(process, 'arch') ?? assert.fail()
  Object.defineProperty(process, 'arch', { ...arch, value: name })
  try {
    await work()
  } finally {
    Object.defineProperty(process, 'arch', arch)
  }
}

suite('the Windows room', () => {
  // First: once a library was looked up, nobody asks for the architecture again.
  test('a program of 32 bits is refused, whatever it calls', async () => {
    const refusal = { code: 'UNSUPPORTED', message: /64-bit Node\.js.*ia32/ }
    await onArchitecture('ia32', async () => {
      await assert.rejects(platform.open('COM3', settings), refusal)
      assert.throws(() => platform.openSync('COM3', settings), refusal)
      await assert.rejects(platform.list(), refusal)
      await assert.rejects(platform.diagnose('COM3'), refusal)
      assert.throws(() => win32event.CreateEvent(null, true, false, null), refusal)
    })
  })

  test('there is no virtual cable, and the refusal says what there is instead', async () => {
    await assert.rejects(platform.createCable(), { code: 'UNSUPPORTED', message: /com0com/ })
  })
})
