import { open } from '../../src/index.ts'
import { Serving } from '../serve/serving.ts'
import { certificate, certificateKey, token } from '../support/tls.ts'
import { conformance } from './suite.ts'

const tls = { 'tls-cert': certificate, 'tls-key': certificateKey }

// Our client, `baud serve`, a pseudo-terminal; over TLS and with a token. Unplugged is the server: it outlives its device.
conformance({
  name: 'rfc2217s to baud serve',
  hasControlLines: true,
  async connect(options) {
    const serving = await Serving.begin({ rfc2217: '0', ...tls }, { token })
    const url = `rfc2217s://${serving.place('rfc2217')}?timeout=20&ca=${certificate}&token=${token}`
    const port = await open(url, options)
    const { device: peer } = serving
    if (peer === undefined) throw new Error('a pair has two ends')
    const close = async () => {
      await port.close()
      await serving[Symbol.asyncDispose]()
    }
    return { port, peer, close, unplug: async () => void serving.stop() }
  },
})
