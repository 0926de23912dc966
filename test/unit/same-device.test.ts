import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PortInfo } from '../../src/index.ts'
import { recognize } from '../../src/same-device.ts'

const ftdi = { kind: 'usb', vendorId: '0403', productId: '6001' } as const
const one: PortInfo = { ...ftdi, path: '/dev/ttyUSB0', serialNumber: 'A1', location: '1-1' }
const other: PortInfo = { ...ftdi, path: '/dev/ttyUSB1', serialNumber: 'B2', location: '1-2' }
const nameless: PortInfo = { ...ftdi, path: '/dev/ttyUSB2', location: '1-3' }

test('by its serial number, wherever it is', () => {
  const find = recognize(one.path, [one, other])
  const moved = { ...one, path: '/dev/ttyUSB7', location: '2-4' }
  assert.equal(find?.([{ ...other, path: '/dev/ttyUSB0' }, moved]), moved)
  assert.equal(find?.([other]), undefined)
})

test('by the part of it, where it has several', () => {
  const parts: PortInfo[] = ['00', '01'].map((part) => ({ ...one, path: `/dev/${part}`, interface: part }))
  const find = recognize('/dev/01', parts)
  assert.equal(find?.(parts.toReversed())?.interface, '01')
})

test('by where it is plugged in, where it has no number', () => {
  const find = recognize(nameless.path, [nameless])
  assert.equal(find?.([{ ...nameless, location: '1-4' }]), undefined)
  const back = { ...nameless, path: '/dev/ttyUSB9' }
  assert.equal(find?.([one, back]), back)
  // Another kind of device in the same socket is not the one.
  assert.equal(find?.([{ ...back, productId: '6015' }]), undefined)
})

test('by where it is plugged in, where another device has the same number', () => {
  const twins: PortInfo[] = [one, { ...one, path: '/dev/ttyUSB1', location: '1-2' }]
  const find = recognize('/dev/ttyUSB1', twins)
  assert.equal(find?.(twins)?.location, '1-2')
  assert.equal(find?.([one]), undefined)
  // Its twin has come since: nobody can tell which of them it was.
  assert.equal(recognize(one.path, [one])?.(twins), undefined)
})

test('by its name, where nothing else is known; and by the link that follows it', () => {
  const plain: PortInfo = { path: '/dev/ttyAMA0', kind: 'platform' }
  assert.equal(recognize('/dev/ttyAMA0', [plain])?.([one, plain]), plain)
  assert.equal(recognize('/dev/pts/3', [one]), undefined)
  const linked = { ...one, stablePath: '/dev/serial/by-id/x' }
  assert.equal(
    recognize('/dev/serial/by-id/x', [linked])?.([{ ...one, path: '/dev/ttyUSB3' }])?.path,
    '/dev/ttyUSB3',
  )
})
