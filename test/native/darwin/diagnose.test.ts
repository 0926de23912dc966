import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { findings } from '../../../src/native/darwin/diagnose.ts'
import type { PortInfo } from '../../../src/native/contract.ts'

const posixOnly = process.platform === 'win32' ? 'needs /dev' : false

const ports: PortInfo[] = [{ path: '/dev/null', kind: 'usb', product: 'Stand-in' }]

const topics = (path: string, known = ports) =>
  findings(path, known).map(({ level, topic }) => `${level} ${topic}`)

suite('what diagnose says of a port on macOS', { skip: posixOnly }, () => {
  test('a port that all may open', () => {
    assert.deepEqual(topics('/dev/null'), ['ok existence', 'ok hardware', 'ok permission', 'ok holders'])
    assert.equal(findings('/dev/null', ports)[1]?.message, 'Stand-in')
  })

  test('a device that is not among the ports', () => {
    assert.deepEqual(topics('/dev/null', [])[1], 'warning hardware')
  })

  test('nothing there, with what there is instead', () => {
    const found = findings('/dev/cu.usbserial-1', [{ path: '/dev/cu.usbserial-2', kind: 'usb' }])
    assert.deepEqual(
      found.map(({ level, topic }) => `${level} ${topic}`),
      ['problem existence'],
    )
    assert.match(found[0]?.advice ?? '', /\/dev\/cu\.usbserial-2/)
  })

  test('a folder', () => {
    assert.deepEqual(topics('/'), ['ok existence', 'problem kind'])
  })
})
