import { closeSync, constants, openSync, statSync } from 'node:fs'
import { SerialError } from '../../errors.ts'
import type { PortSettings } from '../../settings.ts'
import { invalid } from '../../validate.ts'
import { Device } from './device.ts'
import { openError } from './errors.ts'
import type { PosixSystem } from './system.ts'
import { Tty } from './tty.ts'

/** The system's limit on a path, less its closing NUL. Source: limits.h, PATH_MAX. */
const longestPath = 4095

/**
 * Opens a terminal and makes it a serial port with these settings. When any step fails, all is as it was before.
 *
 * `adopt` is called when the line is set: whoever wants to put the terminal into an event loop, or to read it blocking,
 * does so there, since that opens the device a second time. `readTimer`: see {@link Tty.readTimer}.
 */
export function openDevice(
  system: PosixSystem,
  path: string,
  settings: PortSettings,
  adopt: (tty: Tty) => void,
  readTimer = 0,
): Device {
  checkPath(path)
  checkKind(system, path)
  const fd = openDescriptor(system, path)
  const device = new Device(new Tty(system, path, fd, readTimer), settings)
  try {
    device.configure(adopt)
    return device
  } catch (error) {
    device.release()
    closeSync(fd)
    throw withHint(system, path, error)
  }
}

function checkPath(path: string): void {
  const allowed = `a path of 1 to ${longestPath} bytes without NUL, such as /dev/ttyUSB0`
  if (typeof path !== 'string' || path === '' || path.includes('\0')) throw invalid('path', path, allowed)
  if (Buffer.byteLength(path) > longestPath) throw invalid('path', path, allowed)
}

/** Only a character device can be a terminal; opening anything else might have effects of its own. */
function checkKind(system: PosixSystem, path: string): void {
  let stats
  try {
    stats = statSync(path)
  } catch (error) {
    throw fromNode(system, path, 'stat', error)
  }
  if (stats.isCharacterDevice()) return
  const kind = stats.isDirectory() ? 'a directory' : stats.isFile() ? 'a regular file' : 'no character device'
  throw new SerialError('NOT_A_SERIAL_PORT', `${path}: this is ${kind}, not a serial port`, {
    path,
    syscall: 'stat',
  })
}

function openDescriptor(system: PosixSystem, path: string): number {
  const { O_NOCTTY, O_NONBLOCK, O_RDWR } = constants
  try {
    // Through node:fs and not libc: a worker thread closes the descriptors it opened so, however it ends.
    return openSync(path, O_RDWR | O_NOCTTY | O_NONBLOCK | system.O_APPEND)
  } catch (error) {
    throw fromNode(system, path, 'open', error)
  }
}

function fromNode(system: PosixSystem, path: string, syscall: string, error: unknown): SerialError {
  const { code = 'EIO', errno = 0 } = error as NodeJS.ErrnoException
  const plain = openError(path, { syscall, errno: Math.abs(errno), errnoName: code }, undefined, error)
  return withHint(system, path, plain)
}

/** The same error, saying what to do next where the system can tell. */
function withHint<E>(system: PosixSystem, path: string, error: E): E | SerialError {
  if (!(error instanceof SerialError) || error.syscall === undefined) return error
  const hint = system.hint(error.code, path)
  if (hint === undefined) return error
  const { syscall, errno = 0, errnoName = '' } = error
  return openError(path, { syscall, errno, errnoName }, hint, error.cause)
}
