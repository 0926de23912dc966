import { readFile } from 'node:fs/promises'
import { SocketAddress } from 'node:net'
import type { Socket } from 'node:net'
import { endianness } from 'node:os'

/** The connections of a family of addresses, as Linux tells them. */
const files = { IPv4: '/proc/self/net/tcp', IPv6: '/proc/self/net/tcp6' } as const
export type Family = keyof typeof files

/** A connection, as a text that is the same for the socket and in the table: both ends, since this one may have several addresses. */
export function nameOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${end(localAddress, localPort)} ${end(remoteAddress, remotePort)}`
}

function end(address = '', port = 0): string {
  // The zone of a link-local address is no part of it.
  return `${address.replace(/%.*/, '')} ${port}`
}

/** Reads {@link unanswered} of this system; rejects where there is no such table. */
export async function readUnanswered(family: Family): Promise<Set<string>> {
  return unanswered(await readFile(files[family], 'latin1'))
}

/**
 * The connections on which the system sends the same again and again, since nobody acknowledges it: what was written, or, when
 * the other end had no room, the question whether it has any now. An end that only does not read acknowledges that.
 * Source: Linux, net/ipv4/tcp_ipv4.c, get_tcp4_sock(); net/ipv6/tcp_ipv6.c, get_tcp6_sock().
 */
export function unanswered(table: string): Set<string> {
  const names = table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', , , , retransmits = '0', , probes = '0'] = line.trim().split(/\s+/)
    // The first is hexadecimal, and of a heading neither is a number.
    if (!(Number.parseInt(retransmits, 16) > 0) && !(Number.parseInt(probes, 10) > 0)) return []
    return [`${endOf(local)} ${endOf(remote)}`]
  })
  return new Set(names)
}

function endOf(text: string): string {
  const [address = '', port = ''] = text.split(':')
  return end(addressOf(address), Number.parseInt(port, 16))
}

/** From words of 32 bits that are written as numbers of this machine, though their bytes stand as on the network. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (endianness() === 'LE') bytes.swap32()
  if (bytes.byteLength === 4) return bytes.join('.')
  const words = hexWords(bytes)
  return new SocketAddress({ address: words.join(':'), family: 'ipv6' }).address
}

function hexWords(bytes: Buffer): string[] {
  return Array.from({ length: bytes.byteLength / 2 }, (_, word) => bytes.readUInt16BE(word * 2).toString(16))
}
