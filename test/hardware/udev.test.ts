// Where udev runs: a port is told of when udev has set its permissions and made its links, and is opened by them.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync, statSync } from 'node:fs'
import { after, before, suite, test } from 'node:test'
import { list, open, watch } from '../../src/index.ts'
import { eventually, within } from '../support/wait.ts'
import { needs } from './null-modem.ts'
import { profiles } from './usb-chips.ts'
import type { ChipName } from './usb-rig.ts'
import { UsbRig } from './usb-rig.ts'

/** Source: udev(7); systemd, rules.d/60-serial.rules. */
const links: Readonly<Partial<Record<ChipName, string>>> = {
  ft232r: 'usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0',
  ch340: 'usb-1a86_USB_Serial-if00-port0',
  'cdc-acm': 'usb-Boards___Co._Serial_board_85430353-if00',
}

function run(program: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}

/** Debian's group for serial ports. */
const dialout = 20

suite('udev', { skip: needs('usb') }, () => {
  let rig: UsbRig
  let udev: ChildProcess

  before(async () => {
    // Into the guest's own layer over this machine's files, which goes with it.
    run('sh', '-c', 'tar -C "$BAUD_LAB/udev" -c . | tar -x -C / --keep-directory-symlink')
    udev = spawn('/lib/systemd/systemd-udevd', { stdio: 'ignore' })
    await eventually('udev is there', () => existsSync('/run/udev/control'))
    rig = new UsbRig()
  })
  after(async () => {
    await rig[Symbol.asyncDispose]()
    // It makes no more links when it is gone, nor do those that work for it.
    run('/bin/udevadm', 'settle', '--timeout=20')
    const ended = once(udev, 'exit')
    udev.kill()
    await ended
    // What other tests ask whether there is a udev.
    for (const trace of ['/run/udev', '/dev/serial']) rmSync(trace, { recursive: true, force: true })
  })

  for (const [chip, link] of Object.entries(links) as [ChipName, string][]) {
    test(`${chip}: told of when it may be opened, with its link`, async () => {
      const adapter = await rig.make(chip)
      await using changes = watch()
      await adapter.plug()
      const { value } = await within(20_000, changes.next())
      const { gid, mode } = statSync(adapter.path)
      assert.deepEqual([(mode & 0o777).toString(8), gid], ['660', dialout])
      const stablePath = `/dev/serial/by-id/${link}`
      const port = { path: adapter.path, kind: 'usb', location: '1-1', ...profiles[chip].facts, stablePath }
      assert.deepEqual(value, { type: 'added', port })
      assert.deepEqual(
        (await list()).filter(({ path }) => path === adapter.path),
        [port],
      )
      await using opened = await open(stablePath, { baudRate: 115_200 })
      await opened.write('by its link')
      assert.equal(Buffer.from(await adapter.far.receive(11)).toString(), 'by its link')
      await opened.close()
      await adapter.unplug()
      assert.deepEqual((await within(20_000, changes.next())).value, { type: 'removed', port })
    })
  }

  test('a port that was opened by its link is found again by its device', async () => {
    const adapter = await rig.make('ft232r')
    const other = await rig.make('ch340')
    await adapter.plug()
    const link = `/dev/serial/by-id/${links.ft232r}`
    await eventually('the link', () => existsSync(link))
    await using port = await open(link, { reconnect: true })
    const first = adapter.path
    await adapter.unplug()
    await other.plug(1)
    const found = new Promise<string>((resolve) => port.on('reconnect', resolve))
    await adapter.plug(2)
    assert.notEqual(adapter.path, first)
    assert.equal(await within(20_000, found), adapter.path)
    await port.close()
    await adapter.unplug()
    await other.unplug()
  })
})
