import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { servicesOf } from '../../../src/native/darwin/registry.ts'
import { SerialError } from '../../../src/errors.ts'
import { FakeRegistry } from './fake-frameworks.ts'

const root = { properties: { name: 'Root' } }
const usb = { properties: { name: 'Gerät ✓', idVendor: 0x0403, sealed: true }, parent: root }
const registry = () =>
  new FakeRegistry([
    { properties: { IOCalloutDevice: '/dev/cu.a', number: -1 }, parent: usb },
    { properties: { IOCalloutDevice: '/dev/cu.b', long: 'x'.repeat(5000) }, parent: root },
  ])

const names = ['IOCalloutDevice', 'name', 'idVendor', 'number', 'sealed', 'long']

const plain = (chains: readonly ReadonlyMap<string, string | number>[][]) =>
  chains.map((chain) => chain.map((entry) => Object.fromEntries(entry)))

function assertNothingIsHeld({ entries, objects }: FakeRegistry): void {
  assert.deepEqual([[...entries.values()], [...objects.values()]], [[], []])
}

suite('reading the I/O Registry', () => {
  test('each service, with what it hangs on; strings and numbers, and nothing else', () => {
    const fake = registry()
    assert.deepEqual(plain(servicesOf('IOSerialBSDClient', names, fake)), [
      [{ IOCalloutDevice: '/dev/cu.a', number: -1 }, { name: 'Gerät ✓', idVendor: 0x0403 }, { name: 'Root' }],
      // A string that is longer than any in use is left out.
      [{ IOCalloutDevice: '/dev/cu.b' }, { name: 'Root' }],
    ])
    assertNothingIsHeld(fake)
  })

  test('what nobody asked for is not read', () => {
    assert.deepEqual(plain(servicesOf('IOSerialBSDClient', ['name'], registry()))[1], [{}, { name: 'Root' }])
  })

  test('a class without services', () => {
    const fake = registry()
    assert.deepEqual(servicesOf('IOModemSerialStreamSync', names, fake), [])
    assertNothingIsHeld(fake)
  })

  test('a refusal is an error of ours, with the call and its number', () => {
    const fake = registry()
    fake.failing = 'IOServiceGetMatchingServices'
    assert.throws(
      () => servicesOf('IOSerialBSDClient', names, fake),
      (error) => {
        assert.ok(error instanceof SerialError)
        assert.equal(error.code, 'IO')
        assert.equal(error.syscall, 'IOServiceGetMatchingServices')
        assert.match(error.message, /0xe00002bc/)
        return true
      },
    )
    assertNothingIsHeld(fake)
  })

  test('whatever goes wrong on the way, all is given back', () => {
    const fake = registry()
    fake.failing = 'IORegistryEntryCreateCFProperty'
    assert.throws(() => servicesOf('IOSerialBSDClient', names, fake), /as the test wants it/)
    assertNothingIsHeld(fake)
  })

  test('a chain that does not end is cut off', () => {
    const loop: { properties: object; parent?: object } = { properties: {} }
    loop.parent = loop
    const fake = new FakeRegistry([loop as FakeRegistry['services'][number]])
    assert.equal(servicesOf('IOSerialBSDClient', names, fake)[0]?.length, 64)
    assertNothingIsHeld(fake)
  })
})
