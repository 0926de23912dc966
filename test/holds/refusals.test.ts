import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  mkdtempSync,
  openSync as openFile,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { open, openSync } from '../../src/index.ts'
import type { SerialError, SerialErrorCode } from '../../src/index.ts'
import { createPty } from '../../src/native/linux/pty.ts'
import { libc } from '../../src/native/linux/libc.ts'
import { requests } from '../../src/native/linux/requests.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { Child } from '../support/child.ts'
import { missing, others, tooLong } from '../support/not-ports.ts'
import type { Facts } from '../support/not-ports.ts'
import { notOnWindows } from '../support/platform.ts'
import { Pseudo } from '../support/pseudo.ts'
import { givesAllBack } from '../support/resources.ts'

const limit = { timeout: 20_000 }
const asRoot = { ...limit, skip: process.geteuid?.() !== 0 && 'only root can become somebody else' }
const folder = mkdtempSync(join(tmpdir(), 'baud-'))
after(() => rmSync(folder, { recursive: true }))

/** Asserts that both ways of opening fail alike, with these facts and a message that has these words. */
async function refuses(code: SerialErrorCode, path: string, facts: Facts, ...words: RegExp[]): Promise<void> {
  await givesAllBack(async () => {
    check(await rejectsWith(code, open(path)), path, facts, words)
    check(
      throwsWith(code, () => openSync(path)),
      path,
      facts,
      words,
    )
  })
}

function check(
  error: SerialError,
  path: string,
  { errno, errnoName, syscall }: Facts,
  words: readonly RegExp[],
): void {
  const facts = { path: error.path, syscall: error.syscall, errno: error.errno, errnoName: error.errnoName }
  assert.deepEqual(facts, { path, syscall, errno, errnoName })
  assert.ok(error.message.startsWith(`${path}: `), error.message)
  for (const word of words) assert.match(error.message, word)
}

describe('what is no serial port is refused', () => {
  it('PORT_NOT_FOUND: nothing of that name', limit, async () => {
    for (const [path, facts, ...words] of missing(folder))
      await refuses('PORT_NOT_FOUND', path, facts, ...words)
  })

  it('NOT_A_SERIAL_PORT: something else of that name', limit, async () => {
    for (const [path, facts, ...words] of others(folder))
      await refuses('NOT_A_SERIAL_PORT', path, facts, ...words)
  })

  it('INVALID_OPTION: what can be no name', limit, async () => {
    for (const path of [
      '',
      '/dev/tty\0S0',
      `/dev/${tooLong}`,
      undefined,
      null,
      5,
      Buffer.from('/dev/ttyS0'),
    ]) {
      const error = await rejectsWith('INVALID_OPTION', open(path as string))
      assert.equal(throwsWith('INVALID_OPTION', () => openSync(path as string)).message, error.message)
      assert.match(error.message, /^path is .*; allowed: /s)
      assert.ok(error.message.length < 300, 'the message repeats a long name')
    }
  })

  it('UNSUPPORTED: a URL of an unknown scheme', limit, async () => {
    for (const url of ['foo://bar', 'file:///dev/null', 'http://localhost']) {
      const error = await rejectsWith('UNSUPPORTED', open(url))
      assert.equal(throwsWith('UNSUPPORTED', () => openSync(url)).message, error.message)
      assert.equal(error.path, url)
      assert.match(error.message, new RegExp(url.slice(0, url.indexOf(':'))))
    }
  })
})

/** What came of opening, both ways, as a user who is not root. */
async function asNobody(
  path: string,
  ...args: string[]
): Promise<{ pid: number; results: Partial<SerialError>[] }> {
  await using child = new Child('as-nobody', path, ...args)
  const { stderr, stdout } = await child.ended
  assert.equal(stderr, '')
  const { pid, results } = JSON.parse(stdout) as { pid: number; results: Partial<SerialError>[] }
  assert.equal(results.length, 2)
  return { pid, results }
}

describe('a port that this user may not open is refused with advice', () => {
  it('ACCESS_DENIED: which group to join', asRoot, async () => {
    using far = new Pseudo()
    const dialout = /^dialout:[^:]*:(\d+)/m.exec(readFileSync('/etc/group', 'utf8'))?.[1]
    assert.ok(dialout, 'no group dialout here')
    chownSync(far.path, 0, Number(dialout))
    chmodSync(far.path, 0o660)
    const advice = /group dialout with mode 660.*sudo usermod -aG dialout \$USER.*log in again/
    for (const error of (await asNobody(far.path)).results) {
      assert.deepEqual([error.code, error.path], ['ACCESS_DENIED', far.path])
      assert.deepEqual([error.syscall, error.errno, error.errnoName], ['open', 13, 'EACCES'])
      assert.match(error.message ?? '', advice)
    }
  })

  it('ACCESS_DENIED: that no group would help', asRoot, async () => {
    using far = new Pseudo()
    chmodSync(far.path, 0o600)
    for (const error of (await asNobody(far.path)).results) {
      assert.equal(error.code, 'ACCESS_DENIED')
      assert.match(error.message ?? '', /no group may open it/)
    }
  })

  it('and opened when it may', asRoot, async () => {
    using far = new Pseudo()
    assert.deepEqual((await asNobody(far.path)).results, [{ opened: true }, { opened: true }])
  })
})

describe('a port that somebody holds is refused with who it is', () => {
  const byFlock = {
    ...limit,
    skip: notOnWindows('Wine lets a port be opened twice; test/win32 tries it on a file'),
  }
  const locked = { syscall: 'flock', errno: 11, errnoName: 'EAGAIN' }

  it('PORT_BUSY: this process', byFlock, async () => {
    using far = new Pseudo()
    await using holder = await open(far.path)
    await refuses('PORT_BUSY', far.path, locked, new RegExp(`this process \\(${process.pid}\\)`), /close it/)
    assert.ok(holder.isOpen)
    await holder.close()
    using blocking = openSync(far.path)
    await refuses('PORT_BUSY', far.path, locked, new RegExp(`this process \\(${process.pid}\\)`))
    assert.ok(blocking.isOpen)
  })

  it('PORT_BUSY: another process', byFlock, async () => {
    using far = new Pseudo()
    await using child = new Child('port-holder', far.path)
    assert.equal(await child.line(), 'open')
    await refuses('PORT_BUSY', far.path, locked, new RegExp(`\\S+ \\(${child.pid}\\)`), /close it there/)
    await child.kill()
    await (await open(far.path)).close()
  })

  it('PORT_BUSY: a program that knows TIOCEXCL only, for a user who is not root', asRoot, async () => {
    using far = new Pseudo()
    const busy = { syscall: 'open', errno: 16, errnoName: 'EBUSY' }
    const { pid, results } = await asNobody(far.path, 'excl')
    for (const { code, errno, errnoName, message = '', path, syscall } of results) {
      assert.deepEqual(
        { code, path, syscall, errno, errnoName },
        { code: 'PORT_BUSY', path: far.path, ...busy },
      )
      assert.match(message, new RegExp(`this process \\(${pid}\\)`))
    }
  })

  it('PORT_BUSY: one that this user may not see', asRoot, async () => {
    using far = new Pseudo()
    const fd = openFile(far.path, constants.O_RDWR | constants.O_NOCTTY)
    libc.ioctlValue(fd, requests.TIOCEXCL, 0)
    try {
      for (const { code, message } of (await asNobody(far.path)).results) {
        assert.equal(code, 'PORT_BUSY')
        assert.match(message ?? '', /only root can see who/)
      }
    } finally {
      closeSync(fd)
    }
  })
})

const asLongAsOpen = { ...limit, skip: notOnWindows('the name of a port goes with its device') }

it('a device that was just unplugged is refused as DISCONNECTED', asLongAsOpen, async () => {
  const { master, slave } = createPty()
  closeSync(master)
  const gone = { syscall: 'open', errno: 5, errnoName: 'EIO' }
  await refuses('DISCONNECTED', `/proc/self/fd/${slave}`, gone, /unplugged/)
  closeSync(slave)
})
