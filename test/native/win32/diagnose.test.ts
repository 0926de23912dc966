import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { PortDevice } from '../../../src/native/win32/listing/device-facts.ts'
import { findings } from '../../../src/native/win32/listing/diagnose.ts'
import type { Known } from '../../../src/native/win32/listing/diagnose.ts'

const adapter: PortDevice = {
  instanceId: 'USB\\VID_10C4&PID_EA60\\0001',
  portName: 'COM7',
  interfacePath: '\\\\?\\usb#vid_10c4&pid_ea60#0001#{86e0d1e0}',
  present: true,
  problem: 0,
  reported: 'CP2102',
  service: 'silabser',
  ancestors: [],
}

const link: PortDevice = {
  instanceId: 'BTHENUM\\{00001101}_LOCALMFG&0\\7&2AB&0&0',
  portName: 'COM8',
  present: true,
  problem: 0,
  ancestors: [],
}

const nothing: Known = { target: undefined, devices: [], noted: [], driverless: [] }

/** The findings, as `level topic`. */
function topics(path: string, known: Partial<Known>): string[] {
  return findings(path, { ...nothing, ...known }).map(({ level, topic }) => `${level} ${topic}`)
}

/** The one finding on a topic. */
function about(topic: string, path: string, known: Partial<Known>) {
  const found = findings(path, { ...nothing, ...known }).filter((finding) => finding.topic === topic)
  assert.equal(found.length, 1, `${found.length} findings on ${topic}`)
  return found[0] ?? assert.fail()
}

suite('what diagnose says of a port on Windows', () => {
  const allWell = ['ok existence', 'ok kind', 'ok hardware', 'ok holders']

  test('all is well: what it is, and how to find out who has it open', () => {
    const known = { target: '\\Device\\Silabser0', devices: [adapter], noted: ['COM7'] }
    assert.deepEqual(topics('COM7', known), allWell)
    assert.match(about('hardware', 'COM7', known).message, /CP2102, 10c4:ea60.*0001, driver silabser/)
    assert.match(about('holders', 'COM7', known).advice ?? '', /\\Device\\Silabser0/)
  })

  test('by any of its names it is the same port', () => {
    const known = { target: '\\Device\\Silabser0', devices: [link, adapter] }
    for (const path of ['com7', '\\\\.\\COM7', '//./com7', adapter.interfacePath?.toUpperCase() ?? ''])
      assert.match(about('hardware', path, known).message, /CP2102/, path)
  })

  test('of two devices that were given the name, the one that is there', () => {
    const gone = { ...adapter, instanceId: 'USB\\VID_10C4&PID_EA60\\0002', present: false, reported: 'Old' }
    const known = { target: '\\Device\\Silabser0', devices: [gone, adapter] }
    assert.match(about('hardware', 'COM7', known).message, /CP2102/)
  })

  test('a port that only the registry knows', () => {
    assert.deepEqual(topics('COM3', { target: '\\Device\\Serial2', noted: ['COM3'] }), [
      'ok existence',
      'ok kind',
      'ok holders',
    ])
  })

  test('a device that is no port', () => {
    assert.deepEqual(topics('C:', { target: '\\Device\\HarddiskVolume1', devices: [adapter] }), [
      'ok existence',
      'warning kind',
      'ok holders',
    ])
  })

  test('a Bluetooth port: what opening it means, and what it fails with', () => {
    const found = about('bluetooth', 'COM8', { target: '\\Device\\BthModem0', devices: [link] })
    assert.equal(found.level, 'warning')
    assert.match(found.message, /many seconds/)
    assert.match(found.advice ?? '', /ERROR_SEM_TIMEOUT or ERROR_NOT_FOUND/)
  })

  test('nothing there: the ports with a similar name, or all of them', () => {
    const known = { devices: [adapter], noted: ['CNCA0'] }
    assert.deepEqual(topics('COM99', known), ['problem existence'])
    assert.equal(about('existence', '\\\\.\\COM99', known).advice, 'similar ports: COM7')
    assert.match(about('existence', 'ttyS0', known).advice ?? '', /the ports there are: CNCA0, COM7/)
    assert.match(about('existence', 'COM99', {}).advice ?? '', /no serial port at all/)
  })

  test('an adapter that is not plugged in is named', () => {
    const devices = [{ ...adapter, present: false }]
    const found = about('existence', 'COM7', { devices })
    assert.equal(found.level, 'problem')
    assert.match(found.message, /not plugged in; it was CP2102, 10c4:ea60/)
    assert.equal(found.advice, 'plug it in')
  })

  test('a device that does not work, with the reason of the Device Manager', () => {
    for (const [problem, words] of [
      [10, /could not start.*code 10/],
      [22, /switched off.*code 22/],
      [28, /no driver.*code 28/],
      [43, /failure.*code 43/],
      [999, /stopped it.*code 999/],
    ] as const) {
      const devices = [{ ...adapter, problem }]
      assert.deepEqual(topics('COM7', { devices }), ['problem existence', 'ok hardware', 'problem driver'])
      const found = about('driver', 'COM7', { devices })
      assert.match(found.message, words)
      assert.ok(found.advice)
    }
  })

  test('its driver has made another name of it', () => {
    assert.deepEqual(topics('COM7', { devices: [adapter] }), ['problem existence', 'ok hardware'])
    assert.match(about('existence', 'COM7', { devices: [adapter] }).message, /driver has made no port/)
  })

  test('a USB device without a driver may be the one that is looked for', () => {
    const { ancestors: _a, interfacePath: _i, portName: _p, ...device } = adapter
    const driverless = [
      { ...device, instanceId: 'USB\\VID_1A86&PID_55D4\\51E2', reported: 'Single', problem: 28 },
    ]
    const found = about('driver', 'COM9', { driverless })
    assert.equal(found.level, 'warning')
    assert.match(found.message, /Single, 1a86:55d4/)
    assert.match(found.advice ?? '', /install the driver/)
    assert.deepEqual(topics('COM7', { target: 'x', devices: [adapter], driverless }), allWell)
  })
})
