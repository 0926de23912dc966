// The constants that the checklist names, everywhere; and what a call does where there is no Windows.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { SerialError } from '../../src/index.ts'
import { pywintypes, win32con, win32event, win32file, winerror } from '../../src/win32/index.ts'

/** As Microsoft's pages and headers have them. */
const constants: Readonly<Record<string, number>> = {
  GENERIC_READ: 0x80000000,
  GENERIC_WRITE: 0x40000000,
  GENERIC_EXECUTE: 0x20000000,
  GENERIC_ALL: 0x10000000,
  CREATE_NEW: 1,
  CREATE_ALWAYS: 2,
  OPEN_EXISTING: 3,
  OPEN_ALWAYS: 4,
  TRUNCATE_EXISTING: 5,
  FILE_SHARE_READ: 1,
  FILE_SHARE_WRITE: 2,
  FILE_SHARE_DELETE: 4,
  FILE_ATTRIBUTE_READONLY: 1,
  FILE_ATTRIBUTE_HIDDEN: 2,
  FILE_ATTRIBUTE_SYSTEM: 4,
  FILE_ATTRIBUTE_DIRECTORY: 16,
  FILE_ATTRIBUTE_ARCHIVE: 32,
  FILE_ATTRIBUTE_NORMAL: 128,
  FILE_ATTRIBUTE_TEMPORARY: 256,
  FILE_ATTRIBUTE_OFFLINE: 4096,
  FILE_ATTRIBUTE_ENCRYPTED: 16384,
  FILE_FLAG_WRITE_THROUGH: 0x80000000,
  FILE_FLAG_OVERLAPPED: 0x40000000,
  FILE_FLAG_NO_BUFFERING: 0x20000000,
  FILE_FLAG_RANDOM_ACCESS: 0x10000000,
  FILE_FLAG_SEQUENTIAL_SCAN: 0x8000000,
  FILE_FLAG_DELETE_ON_CLOSE: 0x4000000,
  FILE_FLAG_BACKUP_SEMANTICS: 0x2000000,
  FILE_FLAG_POSIX_SEMANTICS: 0x1000000,
  FILE_FLAG_SESSION_AWARE: 0x800000,
  FILE_FLAG_OPEN_REPARSE_POINT: 0x200000,
  FILE_FLAG_OPEN_NO_RECALL: 0x100000,
  INFINITE: 0xffffffff,
  WAIT_OBJECT_0: 0,
  WAIT_ABANDONED: 128,
  WAIT_TIMEOUT: 258,
  WAIT_IO_COMPLETION: 192,
  WAIT_FAILED: 0xffffffff,
  MAXDWORD: 0xffffffff,
  CBR_110: 110,
  CBR_300: 300,
  CBR_600: 600,
  CBR_1200: 1200,
  CBR_2400: 2400,
  CBR_4800: 4800,
  CBR_9600: 9600,
  CBR_14400: 14400,
  CBR_19200: 19200,
  CBR_38400: 38400,
  CBR_56000: 56000,
  CBR_57600: 57600,
  CBR_115200: 115200,
  CBR_128000: 128000,
  CBR_256000: 256000,
  EV_RXCHAR: 1,
  EV_RXFLAG: 2,
  EV_TXEMPTY: 4,
  EV_CTS: 8,
  EV_DSR: 16,
  EV_RLSD: 32,
  EV_BREAK: 64,
  EV_ERR: 128,
  EV_RING: 256,
  EV_PERR: 512,
  EV_RX80FULL: 1024,
  EV_EVENT1: 2048,
  EV_EVENT2: 4096,
  PURGE_TXABORT: 1,
  PURGE_RXABORT: 2,
  PURGE_TXCLEAR: 4,
  PURGE_RXCLEAR: 8,
  SETXOFF: 1,
  SETXON: 2,
  SETRTS: 3,
  CLRRTS: 4,
  SETDTR: 5,
  CLRDTR: 6,
  SETBREAK: 8,
  CLRBREAK: 9,
  DTR_CONTROL_DISABLE: 0,
  DTR_CONTROL_ENABLE: 1,
  DTR_CONTROL_HANDSHAKE: 2,
  RTS_CONTROL_DISABLE: 0,
  RTS_CONTROL_ENABLE: 1,
  RTS_CONTROL_HANDSHAKE: 2,
  RTS_CONTROL_TOGGLE: 3,
  NOPARITY: 0,
  ODDPARITY: 1,
  EVENPARITY: 2,
  MARKPARITY: 3,
  SPACEPARITY: 4,
  ONESTOPBIT: 0,
  ONE5STOPBITS: 1,
  TWOSTOPBITS: 2,
  MS_CTS_ON: 16,
  MS_DSR_ON: 32,
  MS_RING_ON: 64,
  MS_RLSD_ON: 128,
  CE_RXOVER: 1,
  CE_OVERRUN: 2,
  CE_RXPARITY: 4,
  CE_FRAME: 8,
  CE_BREAK: 16,
  CE_TXFULL: 256,
  CE_IOE: 1024,
  CE_MODE: 32768,
}

const errors: Readonly<Record<string, number>> = {
  ERROR_FILE_NOT_FOUND: 2,
  ERROR_ACCESS_DENIED: 5,
  ERROR_GEN_FAILURE: 31,
  ERROR_SHARING_VIOLATION: 32,
  ERROR_HANDLE_EOF: 38,
  ERROR_INVALID_PARAMETER: 87,
  ERROR_SEM_TIMEOUT: 121,
  ERROR_MORE_DATA: 234,
  WAIT_TIMEOUT: 258,
  ERROR_OPERATION_ABORTED: 995,
  ERROR_IO_INCOMPLETE: 996,
  ERROR_IO_PENDING: 997,
  ERROR_DEVICE_NOT_CONNECTED: 1167,
  ERROR_DEVICE_REMOVED: 1617,
}

/** The members of a module that are numbers. */
const numbersOf = (module: object): [string, number][] =>
  Object.entries(module).filter((entry): entry is [string, number] => typeof entry[1] === 'number')

suite('the constants', () => {
  test('of win32con, which win32file has too', () => {
    const con = Object.fromEntries(numbersOf(win32con))
    const file = Object.fromEntries(numbersOf(win32file))
    for (const [name, number] of Object.entries(constants)) assert.equal(con[name], number, name)
    assert.deepEqual(file, con)
  })

  test('of win32event', () => {
    const { INFINITE, MAXIMUM_WAIT_OBJECTS, WAIT_ABANDONED, WAIT_OBJECT_0, WAIT_TIMEOUT } = win32event
    assert.deepEqual(
      [INFINITE, MAXIMUM_WAIT_OBJECTS, WAIT_ABANDONED, WAIT_OBJECT_0, WAIT_TIMEOUT],
      [0xffffffff, 64, 128, 0, 258],
    )
  })

  test('of winerror', () => {
    const all = Object.fromEntries(numbersOf(winerror))
    for (const [name, number] of Object.entries(errors)) assert.equal(all[name], number, name)
  })

  test('are whole numbers of 32 bits without a sign', () => {
    for (const [name, number] of [...numbersOf(win32con), ...numbersOf(winerror)])
      assert.ok(Number.isInteger(number) && number >= 0 && number <= 0xffffffff, name)
  })
})

suite('outside Windows', { skip: process.platform === 'win32' && 'this is Windows' }, () => {
  const unsupported = (error: unknown) => error instanceof SerialError && error.code === 'UNSUPPORTED'
  const { GENERIC_READ, OPEN_EXISTING } = win32con

  test('a call throws UNSUPPORTED', () => {
    const overlapped = win32file.OVERLAPPED()
    const calls = [
      () => win32file.CreateFile('COM3', GENERIC_READ, 0, null, OPEN_EXISTING, 0, null),
      () => win32file.ReadFile(1, 10),
      () => win32file.ReadFile(1, 10, overlapped),
      () => win32file.WriteFile(1, 'x'),
      () => win32file.WriteFile(1, 'x', overlapped),
      () => win32file.GetOverlappedResult(1, overlapped, false),
      () => win32file.GetCommState(1),
      () => win32file.SetCommState(1, win32file.DCB()),
      () => win32file.ClearCommError(1),
      () => win32file.SetCommTimeouts(1, [0, 0, 0, 0, 0]),
      () => win32event.CreateEvent(null, 0, 0, null),
      () => win32event.WaitForSingleObject(1, 0),
      () => win32event.WaitForMultipleObjects([1], false, 0),
    ]
    for (const call of calls) assert.throws(call, unsupported, String(call))
  })

  test('what can be awaited is rejected with UNSUPPORTED', async () => {
    await assert.rejects(win32event.WaitForSingleObjectAsync(1, 0), unsupported)
    await assert.rejects(win32event.WaitForMultipleObjectsAsync([1], false, 0), unsupported)
    await assert.rejects(win32event.SignalObjectAndWaitAsync(1, 1, 0), unsupported)
    await assert.rejects(win32file.GetOverlappedResultAsync(1, win32file.OVERLAPPED()), unsupported)
    await assert.rejects(win32file.GetOverlappedResultExAsync(1, win32file.OVERLAPPED(), 0), unsupported)
    await assert.rejects(win32file.WaitCommEventAsync(1), unsupported)
  })

  test('an object without a system behind it can be made', () => {
    assert.equal(win32file.OVERLAPPED().Internal, 0)
    assert.equal(win32file.DCB().DCBlength, 28)
    assert.equal(win32file.AllocateReadBuffer(5).length, 5)
    pywintypes.HANDLE().Close()
  })

  test('a handle that is forgotten does not end the process', async () => {
    // In a function of its own: this one's frame would keep it.
    const forget = () => new WeakRef(pywintypes.HANDLE(5))
    const forgotten = forget()
    for (let i = 0; i < 100 && forgotten.deref() !== undefined; i++) {
      assert.ok(globalThis.gc, 'run with --expose-gc')
      await turn()
      globalThis.gc()
    }
    assert.equal(forgotten.deref(), undefined)
    // Time for who cleans up behind it.
    await sleep(10)
  })
})

suite('arguments are checked before anything is called', () => {
  const invalid = (error: unknown) => error instanceof SerialError && error.code === 'INVALID_OPTION'
  const wrong = (value: unknown) => value as never

  test('handles, numbers, names, buffers', () => {
    const overlapped = win32file.OVERLAPPED()
    const calls = [
      () => win32file.CreateFile(wrong(7), 0, 0, null, 3, 0, null),
      () => win32file.CreateFile('COM1\0', 0, 0, null, 3, 0, null),
      () => win32file.CreateFile('COM1', 2 ** 32, 0, null, 3, 0, null),
      () => win32file.CreateFile('COM1', 0, 0, wrong({}), 3, 0, null),
      () => win32file.ReadFile(wrong('h'), 1),
      () => win32file.ReadFile(1, -1),
      () => win32file.ReadFile(1, 1.5),
      () => win32file.ReadFile(1, wrong([])),
      () => win32file.ReadFile(1, 1, wrong({})),
      () => win32file.WriteFile(1, wrong(5)),
      () => win32file.AllocateReadBuffer(-1),
      () => win32file.AllocateReadBuffer(NaN),
      () => win32file.SetCommTimeouts(1, wrong([1, 2])),
      () => win32file.SetCommTimeouts(1, [0, 0, 0, 0, 0.5]),
      () => win32file.SetCommState(1, { ...win32file.DCB(), ByteSize: 256 }),
      () => win32file.SetCommState(1, { ...win32file.DCB(), fDtrControl: 4 }),
      () => win32file.SetCommState(1, { ...win32file.DCB(), XonChar: 'ab' }),
      () => win32file.SetCommState(1, wrong(null)),
      () => win32file.TransmitCommChar(1, 'ab'),
      () => win32file.TransmitCommChar(1, 256 + 65),
      () => win32file.TransmitCommChar(1, 65_536 + 65),
      () => win32file.TransmitCommChar(1, 65.5),
      () => win32file.TransmitCommChar(1, NaN),
      () => win32event.SetWaitableTimer(1, 2n ** 63n, 0, null, null, 0),
      () => win32event.SetWaitableTimer(1, NaN, 0, null, null, 0),
      () => pywintypes.HANDLE(wrong('h')),
      () => pywintypes.HANDLE(NaN),
      () => win32event.CreateEvent(null, 0, 0, wrong(5)),
      () => win32event.WaitForSingleObject(1, Infinity),
      () => win32event.WaitForMultipleObjects([], false, 0),
      () => win32event.WaitForMultipleObjects(Array<number>(2), false, 0),
      () => win32event.WaitForMultipleObjects(Array<number>(65).fill(1), false, 0),
      () => {
        overlapped.hEvent = wrong('event')
      },
      () => {
        overlapped.Offset = -1
      },
    ]
    for (const call of calls) assert.throws(call, invalid, String(call))
  })

  test('in what can be awaited', async () => {
    await assert.rejects(win32event.WaitForSingleObjectAsync(wrong('h'), 0), invalid)
    await assert.rejects(win32event.WaitForSingleObjectAsync(1, 0, wrong({ signals: 1 })), invalid)
    await assert.rejects(win32event.WaitForSingleObjectAsync(1, 0, wrong({ signal: 1 })), invalid)
  })
})
