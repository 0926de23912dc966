import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { SerialError } from '../errors.ts'
import type { DoorPlan } from './share.ts'

/** Source: RFC 6890; an IPv4 address may be written as one of IPv6 (RFC 4291, section 2.5.5.2). */
const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether only this machine can connect to an address. */
export function isLoopback(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** The address behind the name of a place; it is looked up once, so that what was checked is what is used. */
export async function addressOf({ host }: DoorPlan): Promise<string> {
  if (isIP(host) !== 0) return host
  try {
    const { address } = await lookup(host)
    return address
  } catch (error) {
    const message = `there is no host ${host}; give an address, such as 127.0.0.1`
    throw new SerialError('INVALID_OPTION', message, { cause: error })
  }
}

/** `127.0.0.1:4000`, `[::1]:4000`. */
export function shown(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`
}
