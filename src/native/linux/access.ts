import { readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { holdersOf } from './holders.ts'

/** Which groups there are and who is in them. Source: group(5). */
function readGroups(): { name: string; id: number; members: string[] }[] {
  const lines = readFileSync('/etc/group', 'utf8').split('\n')
  return lines.flatMap((line) => {
    const [name, , id, members = ''] = line.split(':')
    return name === undefined || id === undefined ? [] : [{ name, id: Number(id), members: members.split(',') }]
  })
}

/** Who may open a device, and whether that includes this process and its user. */
export interface Access {
  readonly owner: number
  readonly group: string
  /** The permission bits as `ls` prints them in octal: `660`. */
  readonly mode: string
  readonly groupMayOpen: boolean
  /** This process may open it now. */
  readonly permitted: boolean
  /** The user is in the group, but this process began before that. */
  readonly needsLogin: boolean
}

/** Throws what `stat` throws. */
export function accessTo(path: string): Access {
  const { gid, mode, uid } = statSync(path)
  const group = readGroups().find((candidate) => candidate.id === gid)
  const user = process.geteuid?.() ?? 0
  const memberNow = process.getegid?.() === gid || (process.getgroups?.() ?? []).includes(gid)
  const granted = user === uid ? mode >> 6 : memberNow ? mode >> 3 : mode
  return {
    owner: uid,
    group: group?.name ?? String(gid),
    mode: (mode & 0o777).toString(8),
    groupMayOpen: (mode & 0o060) === 0o060,
    permitted: user === 0 || (granted & 0o6) === 0o6,
    needsLogin: !memberNow && (group?.members ?? []).includes(userName()),
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user id without an entry in the user database, as in many containers.
    return ''
  }
}

/** What to do about a device that this user may not open. */
export function deniedAdvice(access: Access): string {
  if (access.needsLogin) return `you are in the group ${access.group}, but since after this login: log in again`
  if (access.groupMayOpen) {
    return `join the group ${access.group} with "sudo usermod -aG ${access.group} $USER", then log in again`
  }
  return 'no group may open it: an udev rule can change that, or run as root'
}

export function deniedHint(path: string): string | undefined {
  try {
    const access = accessTo(path)
    return `it belongs to group ${access.group} with mode ${access.mode}, and this user may not open it; ${deniedAdvice(access)}`
  } catch {
    // Not even the folder may be looked into, or there is no /etc/group; the plain message has to do.
    return undefined
  }
}

export function busyHint(path: string): string | undefined {
  const holders = holdersOf(path)
  if (holders.length === 0) return 'somebody else has it open for exclusive use; only root can see who'
  const names = holders.map(({ command, pid }) => (pid === process.pid ? `this process (${pid})` : `${command} (${pid})`))
  return `it is in use by ${names.join(', ')}; close it there, or open it with exclusive: false on both sides`
}
