import { accessSync, constants, existsSync, statSync } from 'node:fs'
import type { Finding, PortInfo } from '../contract.ts'
import { describePort, otherPorts } from '../port-info.ts'
import { list } from './list.ts'

/** Why a port can or can't be opened: what it is, and whether this user may. The port is not opened. */
export async function diagnose(path: string): Promise<Finding[]> {
  return findings(path, list())
}

/** The same, with the ports known. */
export function findings(path: string, ports: readonly PortInfo[]): Finding[] {
  if (!existsSync(path)) {
    const message = 'there is no such device'
    return [{ level: 'problem', topic: 'existence', message, advice: otherPorts(path, ports) }]
  }
  const existence: Finding = { level: 'ok', topic: 'existence', message: 'it is there' }
  if (!statSync(path).isCharacterDevice()) {
    const message = 'it is not a character device'
    return [
      existence,
      { level: 'problem', topic: 'kind', message, advice: '`baud list` shows the serial ports' },
    ]
  }
  return [existence, ...dialIn(path), ...hardware(path, ports), ...permission(path), holders(path)]
}

function callOut(path: string): string {
  return path.replace(/^\/dev\/tty\./, '/dev/cu.')
}

/** Source: Apple, "Device File Access Guide for Serial I/O". */
function dialIn(path: string): Finding[] {
  if (callOut(path) === path) return []
  const message = 'it is the dial-in device of the port, which programs open to wait for a call'
  return [{ level: 'warning', topic: 'kind', message, advice: `use ${callOut(path)}` }]
}

function hardware(path: string, ports: readonly PortInfo[]): Finding[] {
  const port = ports.find((candidate) => candidate.path === callOut(path))
  if (port !== undefined) return [{ level: 'ok', topic: 'hardware', message: describePort(port) }]
  const message =
    'the system does not count it among its serial ports: it may be a pseudo-terminal, or no terminal'
  return [{ level: 'warning', topic: 'hardware', message }]
}

/** The serial family makes its devices free for all. Source: IOSerialFamily, IOSerialBSDClient.cpp, createDevNodes. */
function permission(path: string): Finding[] {
  const topic = 'permission'
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return [{ level: 'ok', topic, message: 'this user may open it' }]
  } catch {
    const advice = 'ports are free for all, unless their mode was changed, or the program runs in a sandbox'
    return [{ level: 'problem', topic, message: 'this user may not open it', advice }]
  }
}

/** The system has no files that tell. */
function holders(path: string): Finding {
  const message = 'who has it open can not be told from here'
  return { level: 'ok', topic: 'holders', message, advice: `"lsof ${path} ${callOut(path)}" tells` }
}
