import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { list, open, openSync } from '../../src/index.ts'
import type { PortInfo } from '../../src/index.ts'
import { grepIn } from '../../src/hwgrep/grep.ts'
import { matches, patternOf } from '../../src/hwgrep/pattern.ts'
import { resolveOptions } from '../../src/settings.ts'
import { prepare, prepareSync } from '../../src/transports.ts'
import { parseTarget } from '../../src/url.ts'
import type { PortUrl } from '../../src/url.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { exclusions, free } from '../support/native.ts'
import { Pseudo } from '../support/pseudo.ts'

const usb = { kind: 'usb', vendorId: '0403', productId: '6001' } as const

/** Three adapters and a port of the board, on these paths. */
function ports([a = '/a', b = '/b', c = '/c', d = '/d']: readonly string[] = []): PortInfo[] {
  return [
    { path: a, kind: 'platform' },
    { path: b, ...usb, serialNumber: 'A5028', location: '1-1.4', manufacturer: 'FTDI', product: 'FT232R' },
    { path: c, ...usb, serialNumber: 'B7', stablePath: '/dev/serial/by-id/usb-FTDI_B7' },
    { path: d, kind: 'usb', vendorId: '10c4', productId: 'ea60', product: 'CP2102 USB to UART' },
  ]
}

const urlOf = (url: string) => parseTarget(url) as PortUrl

describe('a pattern of hwgrep://', () => {
  const matching: readonly [pattern: string, paths: string][] = [
    // As people write them for pySerial.
    ['0403:6001', '/b /c'],
    ['VID:PID=10C4:EA60', '/d'],
    ['USB VID:PID=0403:6001 SER=A5028 LOCATION=1-1.4', '/b'],
    ['SER=B7', '/c'],
    ['LOCATION=1-', '/b'],
    ['vid:pid=10c4', '/d'],
    ['CP210[0-9]', '/d'],
    ['^/a$', '/a'],
    ['0403:6001.*SER=A?5', '/b'],
    // And what is known besides.
    ['ftdi', '/b /c'],
    ['by-id/usb', '/c'],
    ['nothing', ''],
  ]
  for (const [pattern, paths] of matching) {
    it(`${pattern} matches ${paths || 'none'}`, () => {
      const { expression } = patternOf(urlOf(`hwgrep://${pattern}`))
      const found = matches(ports(), expression)
      assert.equal(found.map(({ path }) => path).join(' '), paths)
    })
  }

  const parsed: readonly [target: string, source: string, n: number, skipBusy: boolean][] = [
    ['x', 'x', 1, false],
    ['x&n=1', 'x', 1, false],
    ['x&n=3&skip_busy', 'x', 3, true],
    ['x&skip_busy', 'x', 1, true],
    ['x&', 'x', 1, false],
    ['x?n=2', 'x', 2, false],
    ['x?n=2&skip_busy', 'x', 2, true],
    ['x?skip_busy', 'x', 1, true],
    ['a?b', 'a?b', 1, false],
    ['a?b?&n=2', 'a?b?', 2, false],
    ['a?number', 'a?number', 1, false],
    ['(?:a|b)?n=2', '(?:a|b)', 2, false],
    ['100%20', '100%20', 1, false],
  ]
  for (const [target, source, n, skipBusy] of parsed) {
    it(`${target} is read as it is meant`, () => {
      const pattern = patternOf(urlOf(`hwgrep://${target}`))
      assert.deepEqual([pattern.expression.source, pattern.n, pattern.skipBusy], [source, n, skipBusy])
    })
  }
})

describe('hwgrep:// opens', { timeout: 20_000 }, () => {
  /** What is opened by both ways of opening: its path, or how it failed. */
  async function outcome(url: string, listed: readonly PortInfo[]): Promise<string> {
    const settings = resolveOptions({})
    const room = grepIn({ list: async () => listed, listSync: () => listed })
    const target = urlOf(url)
    const told = (error: unknown) => `${(error as { code: string }).code} ${(error as Error).message}`

    const context = { settings, again: false, prepare: async (path: string) => prepare(path, settings) }
    const start = await room.prepare(target, context)
    const path = await start(undefined).then(async (port) => {
      await port.close()
      return port.path
    }, told)

    const blocking = { settings, prepare: (inner: string) => prepareSync(inner, settings) }
    const startSync = room.prepareSync?.(target, blocking)
    let pathSync: string | undefined
    try {
      const port = startSync?.()
      port?.close()
      pathSync = port?.path
    } catch (error) {
      pathSync = told(error)
    }
    assert.equal(pathSync, path)
    return path
  }

  it('the first match, or the n-th', async () => {
    using one = new Pseudo()
    using two = new Pseudo()
    const listed = ports(['/a', one.path, two.path])
    assert.equal(await outcome('hwgrep://0403:6001', listed), one.path)
    assert.equal(await outcome('hwgrep://0403:6001&n=2', listed), two.path)
    // The first is not even looked at.
    assert.equal(await outcome('hwgrep://0403:6001&n=2', ports(['/a', '/there-is-none', two.path])), two.path)
  })

  it('with skip_busy the n-th that is free', async () => {
    using one = new Pseudo()
    using two = new Pseudo()
    using three = new Pseudo()
    const listed = ports(['/a', one.path, two.path, three.path])
    await using holder = await open(one.path)
    assert.match(await outcome('hwgrep://0403', listed), /^PORT_BUSY/)
    assert.equal(await outcome('hwgrep://0403&skip_busy', listed), two.path)
    assert.equal(await outcome('hwgrep://USB&skip_busy&n=2', listed), three.path)
    // That one was opened on the way, and given back.
    assert.deepEqual(exclusions(two.path), free)
    assert.match(
      await outcome('hwgrep://A5028&skip_busy', listed),
      /^PORT_BUSY .* every port that matches is busy/,
    )
    assert.match(
      await outcome('hwgrep://0403&skip_busy&n=2', listed),
      /^PORT_NOT_FOUND .* no match number 2 that is free/,
    )
    assert.ok(holder.isOpen)
  })

  it('nothing where none matches, and lists what there is', async () => {
    const none = await outcome('hwgrep://cafe', ports())
    assert.match(
      none,
      /^PORT_NOT_FOUND hwgrep:\/\/cafe: no port matches; there are \/a; \/b \(FT232R, FTDI, USB VID:PID=0403:6001 SER=A5028 LOCATION=1-1.4\)/,
    )
    assert.match(
      await outcome('hwgrep://0403&n=3', ports()),
      /PORT_NOT_FOUND .* no match number 3; there are \/b/,
    )
    assert.match(await outcome('hwgrep://x', []), /there is no serial port at all/)
  })

  it('and passes on why a port that is not busy can not be opened', async () => {
    assert.match(
      await outcome('hwgrep://10c4&skip_busy', ports()),
      /^PORT_NOT_FOUND \/d: there is no such device/,
    )
  })

  it('the ports of this machine', async () => {
    const { message } = await rejectsWith('PORT_NOT_FOUND', open('hwgrep://no such port'))
    assert.match(message, /no port matches/)
    for (const { path } of await list()) assert.ok(message.includes(path), path)
    assert.equal(
      throwsWith('PORT_NOT_FOUND', () => openSync('HWGREP://no such port')).message.slice(9),
      message.slice(9),
    )
  })
})
