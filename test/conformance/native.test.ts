import { open, openSync } from '../../src/index.ts'
import { conformanceSync } from './suite-sync.ts'
import { conformance } from './suite.ts'
import { createPair } from '../support/pair.ts'
import { onWindows } from '../support/platform.ts'

const name = onWindows ? 'COM ports' : 'pseudo-terminals'

conformance({
  name,
  hasControlLines: false,
  async connect(options) {
    const pair = await createPair()
    const port = await open(pair.a, options)
    const peer = await open(pair.b)
    const close = async () => {
      await Promise.all([port.close(), peer.close()])
      await pair.close()
    }
    return { port, peer, close, unplug: () => pair.close() }
  },
})

conformanceSync({
  name,
  hasControlLines: false,
  async connect(options) {
    const pair = await createPair()
    const port = openSync(pair.a, options)
    const peer = openSync(pair.b)
    const close = async () => {
      port.close()
      peer.close()
      await pair.close()
    }
    return { port, peer, close, unplug: () => pair.close() }
  },
})
