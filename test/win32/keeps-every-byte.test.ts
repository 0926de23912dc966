// S13: every way to read, held against the property that a time-out loses nothing.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { open, openSync } from 'baud'
import { Port } from '../../examples/seed/port.ts'
import * as v11 from '../../examples/seed/read-1.1.ts'
import * as v121 from '../../examples/seed/read-1.21.ts'
import { PortThatKeepsEveryByte } from '../../examples/seed/read-keeps-every-byte.ts'
import { seeded } from '../support/random.ts'
import { needsLab } from '../support/lab.ts'
import { names, needsPorts } from './com.ts'
import { keepsAnySplit, keepsThreeOfFive } from './keeps-every-byte.ts'
import type { Send, Subject } from './keeps-every-byte.ts'
import { never, orNothing, withPeer } from './seed-ports.ts'

/** Every way to read that is held against the property. */
const subjects = {
  '1.1': () => subjectOf(v11.timeoutsOf, v11.read),
  '1.1, awaited': () => subjectOf(v11.timeoutsOf, v11.readAsync),
  '1.1, with the driver out of the race': () => subjectOf(never, v11.read),
  '1.21': () => subjectOf(v121.timeoutsOf, v121.read),
  '1.21, awaited': () => subjectOf(v121.timeoutsOf, v121.readAsync),
  'the read that keeps every byte': () => keeping((port, size) => port.read(size)),
  'the read that keeps every byte, awaited': () => keeping((port, size) => port.readAsync(size)),
  'openSync()': (): Subject => {
    const port = openSync(names.a)
    return { read: (size, timeout) => port.read(size, { timeout }), close: () => port.close() }
  },
  'open()': async (): Promise<Subject> => {
    const port = await open(names.a)
    return { read: (size, timeout) => port.read(size, { timeout }), close: () => port.close() }
  },
} as const

function subjectOf(
  timeoutsOf: typeof v11.timeoutsOf,
  read: (self: Port, size: number) => Buffer | Promise<Buffer>,
): Subject {
  const port = new Port(names.a, null, timeoutsOf)
  return {
    read(size, timeout) {
      // To 1.1, 0 is the same as null: it waits for ever.
      port.setTimeout(Math.max(1, timeout) / 1000)
      return orNothing(() => read(port, size))
    },
    close: () => port.close(),
  }
}

function keeping(read: (port: PortThatKeepsEveryByte, size: number) => Buffer | Promise<Buffer>): Subject {
  const port = new PortThatKeepsEveryByte(names.a, null)
  return {
    read(size, timeout) {
      port.timeout = timeout / 1000
      return read(port, size)
    },
    close: () => port.close(),
  }
}

async function holdAgainst(
  name: keyof typeof subjects,
  property: (subject: Subject, send: Send) => Promise<void>,
): Promise<void> {
  await withPeer(async (_, send) => {
    const subject = await subjects[name]()
    try {
      await property(subject, send)
    } finally {
      await subject.close()
    }
  })
}

/** Where a total time-out passes while bytes come in, Wine 8 goes on reading, for ever. */
const wineForgets = needsLab === false && 'Wine may forget the time-outs of the driver'

suite('S13: a time-out loses nothing', { skip: needsPorts }, () => {
  for (const name of Object.keys(subjects) as (keyof typeof subjects)[]) {
    if (/^1\.1\b/.test(name)) continue
    test(`3 of 5 bytes, then 2: ${name}`, () => holdAgainst(name, keepsThreeOfFive))
    const skip = name.startsWith('1.21') && wineForgets
    test(`thousands of splits and time-outs: ${name}`, { skip }, () =>
      seeded((random) => holdAgainst(name, (subject, send) => keepsAnySplit(subject, send, random))),
    )
  }

  test('1.1 loses all five: three with the time-out, and two to the read that was left', async () => {
    await assert.rejects(holdAgainst('1.1, with the driver out of the race', keepsThreeOfFive), {
      name: 'AssertionError',
      actual: ['', ''],
      expected: ['abc', 'de'],
    })
  })

  for (const name of ['1.1', '1.1, awaited'] as const) {
    test(`${name}: three lost, or two made up, as its race with the driver goes`, async () => {
      await assert.rejects(holdAgainst(name, keepsThreeOfFive), (error) => {
        assert.ok(error instanceof assert.AssertionError)
        const [first] = error.actual as string[]
        assert.ok(first === '' || first === 'abc\0\0', error.message)
        return true
      })
    })

    test(`${name}: nor does it keep any other split`, () =>
      seeded((random) =>
        assert.rejects(
          holdAgainst(name, (subject, send) => keepsAnySplit(subject, send, random)),
          { name: 'AssertionError' },
        ),
      ))
  }
})
