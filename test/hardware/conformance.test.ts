// The suite that every transport passes, on a null-modem cable with control lines and real pacing.
import { test } from 'node:test'
import { open, openSync } from '../../src/index.ts'
import type { SerialOptions } from '../../src/index.ts'
import { conformanceSync } from '../conformance/suite-sync.ts'
import { conformance } from '../conformance/suite.ts'
import { cable, needs } from './null-modem.ts'

// Fast, and without loss when one end does not read for a while.
const settings = (options: SerialOptions = {}): SerialOptions => ({
  baudRate: 3_000_000,
  flowControl: 'hardware',
  ...options,
})

/** The other end needs the same line settings, as on any wire. */
const peerSettings = (options: SerialOptions = {}): SerialOptions => {
  const { baudRate, flowControl } = settings(options)
  return { baudRate, flowControl }
}

if (needs('nm') === false) {
  conformance({
    name: 'a null modem',
    hasControlLines: true,
    async connect(options) {
      const port = await open(cable.a, settings(options))
      const peer = await open(cable.b, peerSettings(options))
      const close = async () => {
        await Promise.all([port.close(), peer.close()])
        await cable.plug()
      }
      return { port, peer, close, unplug: async () => cable.unplug() }
    },
  })

  conformanceSync({
    name: 'a null modem',
    hasControlLines: true,
    async connect(options) {
      const port = openSync(cable.a, settings(options))
      const peer = openSync(cable.b, peerSettings(options))
      const close = async () => {
        port.close()
        peer.close()
        await cable.plug()
      }
      return { port, peer, close, unplug: async () => cable.unplug() }
    },
  })
} else {
  test('the conformance suite on a null modem', { skip: needs('nm') }, () => {})
}
