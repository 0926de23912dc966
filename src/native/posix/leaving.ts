import type { Device } from './device.ts'

/** What this thread has open with a read timer. */
const timed: Set<Device> = new Set()

/**
 * Sees to it that the timer goes also with a program, or a worker thread, that ends without closing: by itself, by
 * `process.exit()` or by an error. (A signal that ends it asks nobody.)
 */
export function stopTimerWhenLeaving(device: Device): void {
  if (timed.size === 0) process.once('exit', stopAll)
  timed.add(device)
}

/** It is closed. */
export function leftAlone(device: Device): void {
  if (timed.delete(device) && timed.size === 0) process.off('exit', stopAll)
}

function stopAll(): void {
  for (const device of timed) device.stopReadTimer()
}
