import assert from 'node:assert/strict'
import { it } from 'node:test'
import { open } from '../../../src/index.ts'
import { createPty } from '../../../src/native/linux/pty.ts'
import { joinPtys } from '../../../src/native/posix/cable.ts'
import { rejectsWith } from '../../conformance/expect.ts'
import { givesAllBack } from '../../support/resources.ts'
import { within } from '../../support/wait.ts'

const onLinux = { skip: process.platform !== 'linux' && 'needs pseudo-terminals of Linux', timeout: 20_000 }

const program = (source: string) => new URL(`data:text/javascript,${encodeURIComponent(source)}`)

it('says why a pair can not be had, once, and keeps nothing of it', onLinux, () =>
  givesAllBack(async () => {
    const failing = joinPtys(createPty, program("throw new Error('no thread to be had')"))
    assert.match((await rejectsWith('IO', failing)).message, /no thread to be had/)
  }),
)

it('ends with its relay: the ports are told, and closing it is nothing more', onLinux, async () => {
  const source = `import { parentPort } from 'node:worker_threads'
    parentPort.postMessage('ready')
    setTimeout(() => { throw new Error('gone') }, 200)`
  const cable = await joinPtys(createPty, program(source))
  await using port = await open(cable.a)
  assert.equal((await within(10_000, port.closed))?.code, 'DISCONNECTED')
  await within(10_000, cable.close())
})
