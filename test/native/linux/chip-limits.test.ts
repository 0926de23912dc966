import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { chipLimits } from '../../../src/native/linux/chip-limits.ts'
import { ftdi, linuxOnly, Tree } from './tree.ts'

/** What an FTDI chip of this release makes of these rates. */
function rates(release: string, ...asked: number[]): (number | undefined)[] {
  using tree = new Tree()
  tree.usbAdapter('ttyUSB0', '188:0', { ...ftdi, bcdDevice: release })
  const limits = chipLimits(`${tree.places.sys}/class/tty/ttyUSB0`)
  return asked.map((rate) => limits && Math.round(limits.rateFor(rate)))
}

suite('what drivers keep to themselves', { skip: linuxOnly }, () => {
  test('FTDI: eighths of 3 MHz, and what is too slow for the divisor comes out as anything', () => {
    assert.deepEqual(rates('0600', 50, 184, 300, 115_200), [277, 184, 300, 115_385])
  })

  test('FTDI: between 1.5 and 3 Mbit/s there is 2 alone', () => {
    assert.deepEqual(
      rates('1000', 1_500_000, 1_550_000, 1_900_000, 2_100_000, 2_600_000, 3_000_000),
      [1_500_000, 1_500_000, 2_000_000, 2_000_000, 3_000_000, 3_000_000],
    )
  })

  test('FTDI: the fast ones have 12 MHz, for all but slow rates', () => {
    assert.deepEqual(rates('0900', 300, 1200, 2_500_000, 12_000_000), [300, 1200, 2_526_316, 12_000_000])
    assert.deepEqual(rates('0900', 50), [277])
  })

  test('FTDI: of a release that is not known, what the driver says is taken for true', () => {
    assert.deepEqual(rates('3600', 50, 2_500_000), [50, 2_500_000])
  })

  test('CH340: rates are cut off at both ends', () => {
    using tree = new Tree()
    const part = 'pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0'
    tree.device(`${part}/ttyUSB1`, { subsystem: 'usb-serial', driver: 'ch341-uart' })
    tree.tty('ttyUSB1', '188:1', `${part}/ttyUSB1`)
    const limits = chipLimits(`${tree.places.sys}/class/tty/ttyUSB1`)
    assert.deepEqual(
      [10, 9600, 4_000_000].map((rate) => limits?.rateFor(rate)),
      [46, 9600, 3_000_000],
    )
    assert.equal(limits?.lacksFiveBits, false)
  })

  test('nothing is known of others, nor of what is no terminal', () => {
    using tree = new Tree()
    tree.tty('ttyS0', '4:64', undefined)
    assert.equal(chipLimits(`${tree.places.sys}/class/tty/ttyS0`), undefined)
    assert.equal(chipLimits(`${tree.places.sys}/class/tty/ttyS9`), undefined)
  })
})
