// A process that holds USB adapters for a test, which tells it by messages what they do. It is one of its own because a
// call of the test's can wait in the kernel until the chip has answered.
import { Adapter } from './adapter.ts'
import type { Reply, Request } from './adapter.ts'

const adapters = new Map<number, Adapter>()

async function answer(request: Request): Promise<unknown> {
  if ('make' in request) {
    adapters.set(request.adapter, new Adapter(request.make, request.changes))
    return undefined
  }
  const adapter = adapters.get(request.adapter)
  if (adapter === undefined) throw new Error(`there is no adapter ${request.adapter}`)
  const method = adapter[request.method] as (this: Adapter, ...args: readonly unknown[]) => unknown
  return method.apply(adapter, [...request.args])
}

const reply = (message: Reply) => process.send?.(message)

process.on('message', (request: Request) => {
  const { id } = request
  answer(request).then(
    (result) => reply({ id, result }),
    (error: unknown) => reply({ id, error: String(error) }),
  )
})
// The test has ended: its adapters are unplugged with this process.
process.once('disconnect', () => process.exit())
