import type { Finding } from '../../contract.ts'
import { describePort, otherPorts } from '../../port-info.ts'
import { dosDevice } from '../dos-device.ts'
import { describe } from './describe.ts'
import type { DeviceFacts, PortDevice } from './device-facts.ts'
import { usbId } from './instance-id.ts'
import { mergePorts, sameName } from './merge.ts'
import { problemOf } from './problems.ts'
import { notedPorts, portDevices, withoutDriver } from './read.ts'

/** What the system says, for a diagnosis. */
export interface Known {
  /** The object that the name leads to: `\Device\VCP0`. */
  readonly target: string | undefined
  /** All ports that ever were, those plugged in among them. */
  readonly devices: readonly PortDevice[]
  /** The names in SERIALCOMM. */
  readonly noted: readonly string[]
  /** What is plugged in on USB and has no driver. */
  readonly driverless: readonly DeviceFacts[]
}

/** Why a port can or can't be opened: what it is, and what Windows says of its device. The port is not opened. */
export async function diagnose(path: string): Promise<Finding[]> {
  return findings(path, {
    target: dosDevice(withoutPrefix(path)),
    devices: portDevices('known'),
    noted: notedPorts(),
    driverless: withoutDriver(),
  })
}

/** The same, with all that is known. */
export function findings(path: string, known: Known): Finding[] {
  const name = withoutPrefix(path)
  const device = deviceOf(name, known.devices)
  return known.target === undefined ? missing(name, device, known) : there(name, known.target, device, known)
}

/** Windows keeps the names below `\\.\` and `\\?\`. Source: Microsoft Learn, "Naming Files, Paths, and Namespaces". */
function withoutPrefix(path: string): string {
  return path.replace(/^[\\/]{2}[.?][\\/]/, '')
}

/** The one of this name that is there, or else one that was. */
function deviceOf(name: string, devices: readonly PortDevice[]): PortDevice | undefined {
  const ofThisName = devices.filter(
    ({ interfacePath, portName }) =>
      sameName(portName, name) ||
      (interfacePath !== undefined && sameName(withoutPrefix(interfacePath), name)),
  )
  return ofThisName.find(({ present }) => present) ?? ofThisName[0]
}

function there(name: string, target: string, device: PortDevice | undefined, known: Known): Finding[] {
  const isSerial = device !== undefined || known.noted.some((noted) => sameName(noted, name))
  return [
    { level: 'ok', topic: 'existence', message: `it is there, and leads to ${target}` },
    isSerial
      ? { level: 'ok', topic: 'kind', message: 'it is a serial port' }
      : {
          level: 'warning',
          topic: 'kind',
          message: 'Windows does not count it among its serial ports',
          advice: '`baud list` shows those',
        },
    ...(device === undefined ? [] : [hardware(device), ...driver(device), ...bluetooth(device)]),
    {
      level: 'ok',
      topic: 'holders',
      message: 'who has it open can not be told from here',
      advice: `Process Explorer, of Microsoft's Sysinternals, finds who has a handle named ${target}`,
    },
  ]
}

function hardware(device: PortDevice): Finding {
  return { level: 'ok', topic: 'hardware', message: describePort(describe(device)) }
}

function driver({ present, problem }: PortDevice): Finding[] {
  return present && problem !== 0 ? [{ level: 'problem', topic: 'driver', ...problemOf(problem) }] : []
}

function bluetooth(device: PortDevice): Finding[] {
  if (describe(device).kind !== 'bluetooth') return []
  return [
    {
      level: 'warning',
      topic: 'bluetooth',
      message: 'opening it connects to the device by radio, which may take many seconds',
      advice:
        'switch the device on and bring it near; when it does not answer, opening ends with ERROR_SEM_TIMEOUT or ERROR_NOT_FOUND',
    },
  ]
}

function missing(name: string, device: PortDevice | undefined, known: Known): Finding[] {
  const lacksDriver = known.driverless.map((one) => noDriver(one))
  const absent: Finding = { level: 'problem', topic: 'existence', message: 'there is no such port' }
  if (device === undefined)
    return [{ ...absent, advice: otherPorts(name, mergePorts(known.devices, known.noted)) }, ...lacksDriver]

  const was = describePort(describe(device))
  if (!device.present)
    return [
      { ...absent, message: `it is not plugged in; it was ${was}`, advice: 'plug it in' },
      ...lacksDriver,
    ]
  const reasons = driver(device)
  if (reasons.length > 0) return [absent, hardware(device), ...reasons]
  const message = 'its device is there, and its driver has made no port of this name'
  return [{ ...absent, message, advice: 'unplug it and plug it in again' }, hardware(device)]
}

/** Perhaps this is the adapter that is looked for. */
function noDriver(device: DeviceFacts): Finding {
  const id = usbId(device.instanceId)
  const names = [device.reported ?? device.description, id && `${id.vendorId}:${id.productId}`]
  const what = names.filter((text) => text !== undefined).join(', ')
  const { advice } = problemOf(device.problem)
  return { level: 'warning', topic: 'driver', message: `a USB device has no driver: ${what}`, advice }
}
