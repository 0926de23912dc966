import { lstatSync, readlinkSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { OpenAgain } from './lasting-transport.ts'
import { native } from './native/index.ts'
import type { Opener } from './room.ts'
import { realName, recognize } from './same-device.ts'
import type { PortSettings } from './settings.ts'
import { parseTarget } from './url.ts'

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
  if (find === undefined) return unlessPassedOn(resolve(target), asBefore)
  return async (settings) => {
    const found = find(await native.list())
    return found === undefined ? undefined : native.open(found.path, settings)
  }
}

/** More than a system follows. Source: path_resolution(7). */
const mostLinks = 40

/**
 * Leaves alone what is somebody else's by now: a name that is passed on, also behind a link that was left over. One that was
 * made anew, as programs do for each of their terminals, leads to what is meant.
 */
function unlessPassedOn(path: string, open: OpenAgain): OpenAgain {
  let taken = linksToPassedOn(path)
  return async (settings, signal) => {
    const links = linksToPassedOn(path)
    if (links !== undefined && links === taken) return undefined
    const found = await open(settings, signal)
    taken = links
    return found
  }
}

/** The links from here to a name that is passed on, each as it was made; undefined where they lead to none. */
function linksToPassedOn(path: string): string | undefined {
  if (!native.isPassedOn(realName(path))) return undefined
  let links = ''
  for (let name = path, count = 0; count < mostLinks; count++) {
    const link = lstatSync(name, { bigint: true, throwIfNoEntry: false })
    if (link?.isSymbolicLink() !== true) break
    links += `${link.dev} ${link.ino} ${link.mtimeNs}, `
    name = resolve(realName(dirname(name)), readlinkSync(name))
  }
  return links
}
