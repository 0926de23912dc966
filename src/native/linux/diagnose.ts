import { lstatSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Finding, PortInfo } from '../contract.ts'
import { describePort, otherPorts } from '../port-info.ts'
import { accessTo, deniedAdvice } from './access.ts'
import type { Access, Identity } from './access.ts'
import { holdersOf, nameHolders } from './holders.ts'
import { interferers, thieves } from './interferers.ts'
import { describe, listPorts } from './list.ts'
import { characterDevice, majorOf, minorOf, quietly, systemPlaces, targetOf } from './places.ts'
import type { Places } from './places.ts'
import { isSerialPort, kernelTty, lacksHardware } from './sysfs.ts'
import type { KernelTty } from './sysfs.ts'
import { driverOf, ttyDrivers } from './tty-drivers.ts'

/**
 * Why a port can or can't be opened: first what it is, then whether this user may, then who else uses it. Each topic
 * keeps its name. The port is not opened.
 */
export async function diagnose(path: string): Promise<Finding[]> {
  return findings(path, systemPlaces)
}

/** The same in a tree of the caller's, for a user of the caller's. */
export function findings(path: string, places: Places, identity?: Identity): Finding[] {
  const device = characterDevice(path)
  if (device === undefined) return missing(path, places)

  const target = targetOf(path)
  const found =
    target === undefined || target === path ? 'it is there' : `it is there, and leads to ${target}`
  const existence: Finding = { level: 'ok', topic: 'existence', message: found }

  const type = terminalType(device, places)
  if (type === undefined) return [existence, notASerialPort('a device, but not a terminal')]
  if (type !== 'serial' && !type.startsWith('pty')) {
    return [existence, notASerialPort(`a terminal of the kind "${type}"`)]
  }

  const tty = ttyWithNumber(device, places)
  const port = tty === undefined ? undefined : describe(tty)
  return [
    existence,
    ...kind(type, tty, port),
    ...permission(path, places, identity),
    ...holders(path, places),
    ...interferers(tty?.name ?? basename(target ?? path), tty, port, places),
  ]
}

/** What the kernel says that the driver of this device is for; undefined for no terminal. */
function terminalType(device: number, { proc }: Places): string | undefined {
  const drivers = ttyDrivers(proc)
  // Without /proc there is no telling: the answer that lets the other questions be asked.
  if (drivers.length === 0) return 'serial'
  return driverOf(drivers, majorOf(device), minorOf(device))?.type
}

/** The same terminal may have several nodes, and names in a container; sysfs knows it by its number. */
function ttyWithNumber(device: number, places: Places): KernelTty | undefined {
  const folder = targetOf(`${places.sys}/dev/char/${majorOf(device)}:${minorOf(device)}`)
  return folder === undefined ? undefined : kernelTty(basename(folder), places, ttyDrivers(places.proc))
}

/** There is nothing of this name, or something that is no device. */
function missing(path: string, places: Places): Finding[] {
  const stats = quietly(() => statSync(path))
  if (stats?.isDirectory() === true) return [notASerialPort('a folder')]
  if (stats !== undefined) return [notASerialPort('not a character device')]

  const dangling = quietly(() => lstatSync(path)) !== undefined
  const absent: Finding = {
    level: 'problem',
    topic: 'existence',
    message: dangling ? 'it is a link to something that is not there' : 'there is no such device',
    advice: otherPorts(path, listPorts(places)),
  }
  return [absent, ...withoutNode(basename(path), places), ...thieves(places)]
}

function notASerialPort(what: string): Finding {
  return {
    level: 'problem',
    topic: 'kind',
    message: `it is ${what}`,
    advice: '`baud list` shows the serial ports',
  }
}

/** The kernel has the port, and this process no node for it. */
function withoutNode(name: string, places: Places): Finding[] {
  const tty = kernelTty(name, places, ttyDrivers(places.proc))
  if (tty === undefined || !isSerialPort(tty)) return []
  return [
    {
      level: 'problem',
      topic: 'container',
      message: `the kernel has ${name}, but there is no ${tty.path} here: as in a container that was not given it`,
      advice: `start the container with --device=${tty.path}`,
    },
  ]
}

function kind(type: string, tty: KernelTty | undefined, port: PortInfo | undefined): Finding[] {
  if (type !== 'serial') return [{ level: 'ok', topic: 'kind', message: 'it is a pseudo-terminal' }]
  const serial: Finding = { level: 'ok', topic: 'kind', message: 'it is a serial port' }
  if (tty === undefined || port === undefined) return [serial]
  if (lacksHardware(tty)) {
    const message = 'its number is reserved, but there is no hardware behind it'
    return [
      serial,
      { level: 'problem', topic: 'hardware', message, advice: '`baud list` shows the ports that have' },
    ]
  }
  return [serial, { level: 'ok', topic: 'hardware', message: describePort(port) }]
}

function permission(path: string, places: Places, identity: Identity | undefined): Finding[] {
  const access = quietly(() => accessTo(path, `${places.etc}/group`, identity))
  if (access === undefined) return []
  const topic = 'permission'
  if (access.permitted) return [{ level: 'ok', topic, message: `this user may open it (${whose(access)})` }]
  const message = `this user may not open it (${whose(access)})`
  return [{ level: 'problem', topic, message, advice: deniedAdvice(access) }]
}

function whose({ group, mode }: Access): string {
  return `group ${group}, mode ${mode}`
}

function holders(path: string, places: Places): Finding[] {
  const topic = 'holders'
  const others = holdersOf(path, places.proc)
  if (others.length === 0) {
    const limit = process.geteuid?.() === 0 ? '' : ', as far as this user may see'
    return [{ level: 'ok', topic, message: `no process has it open${limit}` }]
  }
  return [
    {
      level: 'warning',
      topic,
      message: `${nameHolders(others)} ${others.length === 1 ? 'has' : 'have'} it open`,
      advice: 'close it there: to open it here as well either fails, or splits what arrives between the two',
    },
  ]
}
