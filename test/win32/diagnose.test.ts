// What `baud doctor` says, on the devices that lab/wine puts into the registry (lab/wine/registry.mjs).
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { openSync } from '../../src/index.ts'
import { native } from '../../src/native/index.ts'
import { dosDevice } from '../../src/native/win32/dos-device.ts'
import { needsLab } from '../support/lab.ts'
import { names } from './com.ts'

/** The findings of these topics, as one text. */
async function said(path: string, ...topics: string[]): Promise<string> {
  const findings = await native.diagnose(path)
  const wanted = findings.filter(({ topic }) => topics.includes(topic))
  return wanted
    .map(({ advice, level, message, topic }) => [level, topic, message, advice].join(' | '))
    .join('\n')
}

suite('a diagnosis', { skip: needsLab }, () => {
  test('of a port that is there, and of the device behind one', async () => {
    assert.match(await said(names.a, 'existence'), /^ok \| existence .*\\Device\\Serial\d+/)
    assert.match(await said(names.a, 'kind'), /^ok/)
    assert.match(
      await said('com25', 'hardware'),
      /CP2102 USB to UART Bridge Controller by Silicon Lab.*10c4:ea60/,
    )
  })

  test('leaves the port alone', async () => {
    const port = openSync(names.a)
    assert.match(await said(names.a, 'existence'), /^ok/)
    port.close()
  })

  test('of an adapter that is not plugged in, and of one that does not work', async () => {
    assert.match(
      await said('COM120', 'existence'),
      /^problem .*not plugged in; it was USB Serial Port by FTDI, 0403:6015/,
    )
    assert.match(await said('COM121', 'driver'), /^problem .*code 10/)
  })

  test('of a name that is not there: the device without a driver is pointed out', async () => {
    assert.match(await said('COM99', 'existence'), /^problem .*there is no such port \| similar ports: COM/)
    assert.match(await said('COM99', 'driver'), /^warning .*USB Single Serial, 1a86:55d4/)
  })

  test('of what is no port', async () => {
    assert.match(await said('C:', 'kind'), /^warning/)
    assert.match(await said('LPT1', 'existence'), /^problem .*there is no such port/)
    assert.match(await said('C:\\windows', 'existence'), /^problem .*there is no such port/)
  })

  test('asks for names of any length', () => {
    assert.equal(dosDevice('C:'), '\\Device\\HarddiskVolume1')
    assert.equal(dosDevice('x'.repeat(5000)), undefined)
  })
})
