// The suite that every transport passes, on COM ports.
import { test } from 'node:test'
import { open, openSync } from '../../src/index.ts'
import { conformanceSync } from '../conformance/suite-sync.ts'
import { conformance } from '../conformance/suite.ts'
import { addCable, needsLab, removeCable } from './com.ts'

/** A cable that can be pulled out early, and is taken away once. */
async function pluggedIn() {
  const cable = await addCable()
  let removed: Promise<void> | undefined
  return { ...cable, remove: () => (removed ??= removeCable(cable)) }
}

if (needsLab === false) {
  conformance({
    name: 'COM ports',
    hasControlLines: false,
    async connect(options) {
      const cable = await pluggedIn()
      const port = await open(cable.a, options)
      const peer = await open(cable.b)
      const close = async () => {
        await Promise.all([port.close(), peer.close()])
        await cable.remove()
      }
      // Not waited for: what is pending at the port may end before the lab has answered.
      const unplug = async () => void cable.remove()
      return { port, peer, close, unplug }
    },
  })

  conformanceSync({
    name: 'COM ports',
    hasControlLines: false,
    async connect(options) {
      const cable = await pluggedIn()
      const port = openSync(cable.a, options)
      const peer = openSync(cable.b)
      const close = async () => {
        port.close()
        peer.close()
        await cable.remove()
      }
      return { port, peer, close, unplug: cable.remove }
    },
  })
} else {
  test('the conformance suite on COM ports', { skip: needsLab }, () => {})
}
