import type { PortInfo } from '../../contract.ts'
import { mergePorts } from './merge.ts'
import { notedPorts, portDevices } from './read.ts'

/** The ports that the device tree and the registry show. None is opened, since that would raise DTR. */
export function list(): PortInfo[] {
  return mergePorts(portDevices('present'), notedPorts())
}
