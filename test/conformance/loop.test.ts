import { open, openSync } from '../../src/index.ts'
import { conformanceSync } from './suite-sync.ts'
import { conformance } from './suite.ts'

const unpluggable = async () => {
  throw new Error('a loop has no other end that could go')
}

// One port is both ends; through a spy it must be none the worse.
for (const url of ['loop://', 'loop://?paced', 'spy://loop://?file=/dev/null&all']) {
  // Where bytes take their time, 300,000 of them must not take the day.
  const speed = { baudRate: 10_000_000 }

  conformance({
    name: url,
    lacks: ['unplugging'],
    hasControlLines: true,
    async connect(options) {
      const port = await open(url, { ...speed, ...options })
      return { port, peer: port, close: () => port.close(), unplug: unpluggable }
    },
  })

  conformanceSync({
    name: url,
    lacks: ['unplugging'],
    hasControlLines: true,
    async connect(options) {
      const port = openSync(url, { ...speed, ...options })
      return { port, peer: port, close: async () => port.close(), unplug: unpluggable }
    },
  })
}
