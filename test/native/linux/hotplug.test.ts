import assert from 'node:assert/strict'
import { accessSync, constants, writeFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { list } from '../../../src/index.ts'
import { watchPorts } from '../../../src/native/linux/hotplug.ts'
import { parseUevent } from '../../../src/native/linux/uevent.ts'
import type { PortHint } from '../../../src/native/contract.ts'
import { eventually } from '../../support/wait.ts'

const properties = ['ACTION=add', 'DEVPATH=/devices/x/ttyUSB0', 'SUBSYSTEM=tty', 'DEVNAME=ttyUSB0', 'A=b=c']

/** A message as udev sends it: prefix, magic number, size of the header, where the properties are and how long. */
function fromUdev(values: readonly string[], magic = 0xfeedcafe): Buffer {
  const text = Buffer.from(`${values.join('\0')}\0`)
  const header = Buffer.alloc(40)
  header.write('libudev\0')
  header.writeUInt32BE(magic, 8)
  header.writeUInt32LE(header.length, 12)
  header.writeUInt32LE(header.length, 16)
  header.writeUInt32LE(text.length, 20)
  return Buffer.concat([header, text])
}

suite('messages', () => {
  test('of the kernel and of udev', () => {
    const kernel = Buffer.from(`add@/devices/x/ttyUSB0\0${properties.join('\0')}\0`)
    const event = { action: 'add', subsystem: 'tty', name: 'ttyUSB0' }
    assert.deepEqual(parseUevent(kernel), { from: 'kernel', ...event })
    const values = properties.map((text) => text.replace('DEVNAME=', 'DEVNAME=/dev/'))
    assert.deepEqual(parseUevent(fromUdev(values)), { from: 'udev', ...event })
  })

  test('whatever else', () => {
    const whole = fromUdev(properties)
    for (let end = 0; end < whole.length; end++) parseUevent(whole.subarray(0, end))
    assert.equal(parseUevent(Buffer.alloc(0)), undefined)
    assert.equal(parseUevent(Buffer.from('add@/devices/x')), undefined)
    assert.equal(parseUevent(Buffer.from('add@/devices/x\0ACTION=add\0')), undefined)
    assert.equal(parseUevent(fromUdev(properties, 1)), undefined)
    const astray = fromUdev(properties)
    astray.writeUInt32LE(1_000_000, 16)
    assert.equal(parseUevent(astray), undefined)
  })
})

/** Writing to it makes the kernel send a message, as if the device had come or gone. */
const uevent = '/sys/class/tty/ttyS0/uevent'

function whyNot(): string | false {
  try {
    accessSync(uevent, constants.W_OK)
    return false
  } catch {
    return `${uevent} can't be written`
  }
}

test('the kernel is heard', { skip: whyNot() }, async () => {
  const hints: (PortHint | undefined)[] = []
  const source = watchPorts((hint) => hints.push(hint))
  try {
    writeFileSync(uevent, 'remove')
    writeFileSync(uevent, 'add')
    writeFileSync('/sys/class/tty/tty/uevent', 'change')
    const port = (await list()).find(({ path }) => path === '/dev/ttyS0')
    // Of what has no hardware behind it nothing is told when it comes.
    const expected = [
      { action: 'removed', path: '/dev/ttyS0' },
      ...(port === undefined ? [] : [{ action: 'added', path: '/dev/ttyS0', port }]),
    ]
    await eventually('the hints', () => hints.length >= expected.length)
    assert.deepEqual(hints, expected)
  } finally {
    source.close()
  }
})
