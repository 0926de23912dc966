import { open } from '../../src/index.ts'
import { Served } from '../rfc2217/served.ts'
import { createPair } from '../support/pair.ts'
import { conformance } from './suite.ts'

// Our client, our server, a pseudo-terminal. Its port has no control lines, and the server says that they are off.
conformance({
  name: 'rfc2217',
  hasControlLines: true,
  async connect(options) {
    const pair = await createPair()
    const shared = await open(pair.a)
    const served = await Served.begin(shared)
    const port = await open(served.url, options)
    const peer = await open(pair.b)
    const close = async () => {
      await Promise.all([port.close(), peer.close()])
      await served.close()
      await shared.close()
      await pair.close()
    }
    return { port, peer, close, unplug: () => pair.close() }
  },
})
