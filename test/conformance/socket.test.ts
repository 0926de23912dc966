import { open } from '../../src/index.ts'
import { join, TcpServer } from '../support/tcp.ts'
import { conformance } from './suite.ts'

conformance({
  name: 'TCP connections',
  lacks: ['break'],
  hasControlLines: false,
  async connect(options) {
    const server = await TcpServer.listen()
    const port = await open(server.url, options)
    const near = await server.accepted()
    const peer = await open(server.url)
    join(near, await server.accepted())
    const close = async () => {
      await Promise.all([port.close(), peer.close()])
      await server.close()
    }
    const unplug = async () => {
      near.destroy()
    }
    return { port, peer, close, unplug }
  },
})
