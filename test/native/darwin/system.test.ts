// The order of calls that set a port on macOS. Error numbers come from real calls, so this runs on Linux, which has the
// same ones for what matters here.
import assert from 'node:assert/strict'
import { closeSync, openSync } from 'node:fs'
import { suite, test } from 'node:test'
import { platform } from '../../../src/native/darwin/index.ts'
import { libc as own } from '../../../src/native/darwin/libc.ts'
import type { DarwinCalls } from '../../../src/native/darwin/libc.ts'
import { requests } from '../../../src/native/darwin/requests.ts'
import { darwinSystem } from '../../../src/native/darwin/system.ts'
import { encodeTermios, speedOf, termiosSize, withSpeed } from '../../../src/native/darwin/termios.ts'
import { SerialError } from '../../../src/errors.ts'
import { libc } from '../../../src/native/linux/libc.ts'
import { Tty } from '../../../src/native/posix/index.ts'
import { resolveOptions } from '../../../src/settings.ts'
import type { SerialOptions } from '../../../src/settings.ts'

const linuxOnly = process.platform === 'linux' ? false : 'needs the error numbers of Linux'

type Failure = 'ENOTTY' | 'EINVAL' | undefined

const names = new Map(Object.entries(requests).map(([name, number]) => [number as number, name]))

/** A terminal that does as it is told, and writes down what that was. */
class Rehearsal {
  readonly log: string[] = []
  readonly tty: Tty
  termios: Uint8Array = withSpeed(new Uint8Array(termiosSize), 300)
  /** How these calls fail. */
  readonly failing: Record<string, Failure> = {}
  readonly #null = openSync('/dev/null', 'r')

  constructor() {
    const calls: DarwinCalls = {
      ...own,
      tcgetattr: (_fd, termios) => {
        termios.set(this.termios)
        return 0
      },
      tcsetattr: (_fd, actions, termios) => {
        this.termios = Uint8Array.from(termios)
        return this.#done('tcsetattr', `${actions} ${speedOf(termios)}`)
      },
      ioctl: (_fd, request, argument) => {
        const name = names.get(request) ?? String(request)
        const view = new DataView(argument.buffer)
        const value = argument.byteLength === 8 ? Number(view.getBigUint64(0, true)) : view.getInt32(0, true)
        if (name === 'IOSSIOSPEED' && this.failing[name] === undefined)
          this.termios = withSpeed(this.termios, value)
        return this.#done(name, String(value))
      },
      ioctlValue: (...[, request = 0, value = 0]) =>
        this.#done(names.get(request) ?? String(request), String(value)),
    }
    this.tty = new Tty(darwinSystem(calls), '/dev/cu.test', this.#null)
    this.tty.opening = false
  }

  #done(name: string, values: string): number {
    this.log.push(`${name} ${values}`)
    // A call that does fail leaves its number behind: /dev/null is no terminal, and there is no such kind of lock.
    if (this.failing[name] === 'ENOTTY') return libc.ioctl(this.#null, 0x5401, new Uint8Array(64))
    if (this.failing[name] === 'EINVAL') return libc.flock(this.#null, 0)
    return 0
  }

  apply(options: SerialOptions): number {
    return this.tty.system.apply(this.tty, this.termios, resolveOptions(options))
  }

  [Symbol.dispose](): void {
    closeSync(this.#null)
  }
}

const code = (wanted: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof SerialError)
  assert.equal(error.code, wanted)
  assert.match(error.message, message)
  return true
}

suite('setting a port on macOS', { skip: linuxOnly }, () => {
  test('the flags with a stand-in speed, then the speed', () => {
    using port = new Rehearsal()
    assert.equal(port.apply({ baudRate: 250_000 }), 250_000)
    assert.deepEqual(port.log, ['tcsetattr 0 9600', 'IOSSIOSPEED 250000'])
    assert.deepEqual(port.termios, withSpeed(encodeTermios(port.termios, resolveOptions({})), 250_000))
  })

  test('a pseudo-terminal knows no IOSSIOSPEED, and keeps the speed by tcsetattr', () => {
    using port = new Rehearsal()
    port.failing['IOSSIOSPEED'] = 'ENOTTY'
    assert.equal(port.apply({ baudRate: 74_880 }), 74_880)
    assert.deepEqual(port.log, ['tcsetattr 0 9600', 'IOSSIOSPEED 74880', 'tcsetattr 0 74880'])
  })

  test('what was found goes back in the same two steps', () => {
    using port = new Rehearsal()
    port.tty.system.restore(port.tty, withSpeed(port.termios, 31_251))
    assert.deepEqual(port.log, ['tcsetattr 0 9600', 'IOSSIOSPEED 31251'])
  })

  test('a refusal names the setting', () => {
    using speed = new Rehearsal()
    speed.failing['IOSSIOSPEED'] = 'EINVAL'
    assert.throws(
      () => speed.apply({ baudRate: 7 }),
      code('UNSUPPORTED', /baudRate 7 \(ioctl\(IOSSIOSPEED\): EINVAL\)/),
    )

    using line = new Rehearsal()
    line.failing['tcsetattr'] = 'EINVAL'
    assert.throws(() => line.apply({ dataBits: 5 }), code('UNSUPPORTED', /dataBits 5.*\(tcsetattr: EINVAL\)/))
    assert.equal(line.log.length, 1)
  })

  test('what is not a terminal is not called a refusal', () => {
    using port = new Rehearsal()
    port.tty.opening = true
    port.failing['tcsetattr'] = 'ENOTTY'
    assert.throws(() => port.apply({}), code('NOT_A_SERIAL_PORT', /tcsetattr/))
  })

  test('what macOS has not is refused before anything is touched', async () => {
    using port = new Rehearsal()
    for (const options of [{ parity: 'mark' }, { parity: 'space' }, { rs485: {} }] as const) {
      assert.throws(() => port.apply(options), code('UNSUPPORTED', /macOS has no/))
      // No device is asked for either: there is none of this name.
      const settings = resolveOptions(options)
      assert.throws(
        () => platform.openSync('/dev/there-is-no-such-port', settings),
        code('UNSUPPORTED', /macOS has no/),
      )
      await assert.rejects(
        platform.open('/dev/there-is-no-such-port', settings),
        code('UNSUPPORTED', /macOS has no/),
      )
    }
    assert.deepEqual(port.log, [])
  })

  test('low latency is a number of µs, and a driver without it says so, also while opening', () => {
    using port = new Rehearsal()
    port.apply({ lowLatency: true })
    port.apply({ lowLatency: false })
    assert.deepEqual(
      port.log.filter((line) => line.startsWith('IOSSDATALAT')),
      ['IOSSDATALAT 1', 'IOSSDATALAT 0'],
    )
    port.tty.opening = true
    port.failing['IOSSDATALAT'] = 'ENOTTY'
    assert.throws(() => port.apply({ lowLatency: true }), code('UNSUPPORTED', /lowLatency/))
  })

  test('queues are dropped by TIOCFLUSH, output is held by TIOCSTOP', () => {
    using port = new Rehearsal()
    const { system } = port.tty
    for (const queue of ['input', 'output', 'both'] as const) system.flush(port.tty, queue)
    system.holdOutput(port.tty, true)
    system.holdOutput(port.tty, false)
    assert.deepEqual(port.log, ['TIOCFLUSH 1', 'TIOCFLUSH 2', 'TIOCFLUSH 3', 'TIOCSTOP 0', 'TIOCSTART 0'])
  })
})
