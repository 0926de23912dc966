import { resolve } from 'node:path'
import type { OpenAgain } from './lasting-transport.ts'
import { native } from './native/index.ts'
import type { Opener } from './room.ts'
import { recognize } from './same-device.ts'
import type { PortSettings } from './settings.ts'
import { parseTarget } from './url.ts'

/** It does not come back. */
const never: OpenAgain = async () => undefined

/**
 * How to open once more what this path or URL names: a device of this machine wherever it is plugged in then, anything
 * else in the same way as the first time, with the settings of that moment. To be asked before the device can go.
 */
export async function howToOpenAgain(
  path: string,
  prepareAgain: (settings: PortSettings, again: boolean) => Opener | Promise<Opener>,
): Promise<OpenAgain> {
  const asBefore: OpenAgain = async (settings, signal) => {
    const start = await prepareAgain(settings, true)
    return start(signal)
  }
  const target = parseTarget(path)
  if (typeof target !== 'string') return asBefore
  const find = recognize(target, await native.list())
  // Such as a link that a program makes anew for each of its terminals.
  if (find === undefined) return native.isPassedOn(resolve(target)) ? never : asBefore
  return async (settings) => {
    const found = find(await native.list())
    return found === undefined ? undefined : native.open(found.path, settings)
  }
}
