/// <reference types="node" preserve="true" />
/**
 * The calls of Windows that a serial port is made of, under the names, with the arguments in the order, and with the
 * results that pywin32 gives them: what reads `win32file.ReadFile(…)` in Python reads so here. What differs:
 *
 * - Constants are unsigned, as in C.
 * - A tuple is an array, `None` is `null`, a string to be sent is UTF-8.
 * - What waits blocks the thread, and has a twin, `…Async`, that lets the event loop run on and takes a `signal`.
 *
 * It can be imported anywhere; outside Windows the constants are there, and a call throws `UNSUPPORTED`.
 */
export * as pywintypes from './pywintypes.ts'
export * as win32con from './win32con.ts'
export * as win32event from './win32event.ts'
export * as win32file from './win32file.ts'
export * as winerror from './winerror.ts'
