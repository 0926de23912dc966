import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { holdersOf, nameHolders } from './holders.ts'
import { systemPlaces } from './places.ts'

interface Group {
  readonly name: string
  readonly id: number
  readonly members: readonly string[]
}

/** Which groups there are and who is in them. Source: group(5). */
function readGroups(file: string): Group[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line) => {
    const [name, , id, members = ''] = line.split(':')
    return name === undefined || id === undefined
      ? []
      : [{ name, id: Number(id), members: members.split(',') }]
  })
}

/** Whom the system takes a process for. */
export interface Identity {
  readonly user: number
  readonly name: string
  readonly groups: readonly number[]
}

function ownIdentity(): Identity {
  const groups = [process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])]
  return { user: process.geteuid?.() ?? 0, name: userName(), groups }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user id without an entry in the user database, as in many containers.
    return ''
  }
}

/** Who may open a device, and whether that includes this process and its user. */
export interface Access {
  readonly owner: number
  readonly group: string
  /** The permission bits as `ls` prints them in octal: `660`. */
  readonly mode: string
  /** To join its group would help, and is no way to rule the machine. */
  readonly groupMayOpen: boolean
  /** This process may open it now. */
  readonly permitted: boolean
  /** The user is in the group, but this process began before that. */
  readonly needsLogin: boolean
}

/** Throws what `stat` throws. */
export function accessTo(
  path: string,
  groupFile: string = `${systemPlaces.etc}/group`,
  identity?: Identity,
): Access {
  const { gid, mode, uid } = statSync(path)
  const { groups, name, user } = identity ?? ownIdentity()
  const group = readGroups(groupFile).find((candidate) => candidate.id === gid)
  const memberNow = groups.includes(gid)
  const granted = user === uid ? mode >> 6 : memberNow ? mode >> 3 : mode
  const byMode = user === 0 || (granted & 0o6) === 0o6
  const groupMayOpen = gid !== 0 && (mode & 0o060) === 0o060
  return {
    owner: uid,
    group: group?.name ?? String(gid),
    mode: (mode & 0o777).toString(8),
    groupMayOpen,
    // The system itself knows of more than the mode: access control lists, which logind sets for who sits at a seat.
    permitted: byMode || (identity === undefined && mayOpen(path)),
    needsLogin: groupMayOpen && !memberNow && (group?.members ?? []).includes(name),
  }
}

function mayOpen(path: string): boolean {
  // access(2) answers for the real user, who is another one while a program runs with somebody else's rights.
  if (process.getuid?.() !== process.geteuid?.()) return false
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** What to do about a device that this user may not open. */
export function deniedAdvice(access: Access): string {
  if (access.needsLogin)
    return `you are in the group ${access.group}, but since after this login: log in again`
  if (access.groupMayOpen) {
    return `join the group ${access.group} with "sudo usermod -aG ${access.group} $USER", then log in again`
  }
  return 'no group may open it: an udev rule can change that, or run as root'
}

export function deniedHint(path: string): string | undefined {
  try {
    const access = accessTo(path)
    if (access.permitted)
      return 'its mode lets this user open it, so a container or a security module forbids it'
    return `it belongs to group ${access.group} with mode ${access.mode}, and this user may not open it; ${deniedAdvice(access)}`
  } catch {
    // Not even the folder may be looked into, or there is no /etc/group; the plain message has to do.
    return undefined
  }
}

export function busyHint(path: string): string | undefined {
  const holders = holdersOf(path)
  if (holders.length === 0) return 'somebody else has it open for exclusive use; only root can see who'
  return `it is in use by ${nameHolders(holders)}; close it there, or open it with exclusive: false on both sides`
}
