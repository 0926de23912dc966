// The binding on real control lines: what the calls of S9 and S10 do to the wire, and what they tell of it.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { win32con, win32file, winerror } from '../../src/win32/index.ts'
import type { pywintypes } from '../../src/win32/index.ts'
import { eventually, within } from '../support/wait.ts'
import { arrived, overlappedWithEvent, receive, send, withPorts } from '../win32/com.ts'
import { eventsOf, lateness, needsHardware, ring, setAll } from './null-modem.ts'

const { EV_BREAK, EV_CTS, EV_DSR, EV_ERR, EV_RING, EV_RLSD, EV_RXCHAR } = win32con
const { MS_CTS_ON, MS_DSR_ON, MS_RING_ON, MS_RLSD_ON } = win32con
const { CLRBREAK, CLRDTR, CLRRTS, SETBREAK, SETDTR, SETRTS } = win32con

const plain = {
  BaudRate: 115_200,
  ByteSize: 8,
  Parity: win32con.NOPARITY,
  StopBits: win32con.ONESTOPBIT,
  fParity: 0,
}
const parities = [0, 1, 2, 3, 4] as const

const every = (bits: number) => Uint8Array.from({ length: 2 ** bits }, (_, value) => value)

function parityBit(value: number, parity: number): number {
  const ones = value.toString(2).replaceAll('0', '').length
  const odd = ones % 2
  return [1, 1 - odd, odd, 1, 0][parity] ?? NaN
}

suite('SetCommState on a wire', { skip: needsHardware }, () => {
  test('every number of data bits, with every parity and stop bit: as it was set, and carrying every value', async () => {
    await withPorts((a, b) => {
      for (const ByteSize of [5, 6, 7, 8]) {
        const longer = ByteSize === 5 ? win32con.ONE5STOPBITS : win32con.TWOSTOPBITS
        for (const Parity of parities) {
          for (const StopBits of [win32con.ONESTOPBIT, longer]) {
            const frame = { ByteSize, Parity, StopBits }
            setAll([a, b], { ...plain, ...frame, fParity: Parity === 0 ? 0 : 1 })
            const got = win32file.GetCommState(a)
            assert.deepEqual({ ByteSize: got.ByteSize, Parity: got.Parity, StopBits: got.StopBits }, frame)
            send(a, every(ByteSize))
            assert.deepEqual(
              Uint8Array.from(receive(b, 2 ** ByteSize)),
              every(ByteSize),
              JSON.stringify(frame),
            )
          }
        }
      }
    })
  })

  test('the parity bit is on the wire: with one data bit more and no parity, it is seen', async () => {
    await withPorts((a, b) => {
      setAll([b], plain)
      for (const Parity of parities) {
        setAll([a], { ...plain, ByteSize: 7, Parity })
        send(a, every(7))
        const expected = every(7).map((value) => value | (parityBit(value, Parity) << 7))
        assert.deepEqual(Uint8Array.from(receive(b, 128)), expected, `parity ${Parity}`)
      }
    })
  })

  test('speeds, from 300 to 4,000,000', async () => {
    await withPorts((a, b) => {
      for (const BaudRate of [300, 9600, 57_600, 115_200, 921_600, 4_000_000]) {
        setAll([a, b], { ...plain, BaudRate })
        assert.equal(win32file.GetCommState(a).BaudRate, BaudRate)
        send(a, 'ping')
        assert.equal(receive(b, 4).toString(), 'ping')
      }
      setAll([a, b], plain)
    })
  })
})

suite('control lines', { skip: needsHardware }, () => {
  test('GetCommModemStatus follows what EscapeCommFunction does at the other end', async () => {
    await withPorts((a, b) => {
      setAll([a, b], plain)
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        for (const [func, status] of [
          [CLRRTS, MS_DSR_ON | MS_RLSD_ON],
          [CLRDTR, 0],
          [SETRTS, MS_CTS_ON],
          [SETDTR, MS_CTS_ON | MS_DSR_ON | MS_RLSD_ON],
        ] as const) {
          win32file.EscapeCommFunction(from, func)
          assert.equal(win32file.GetCommModemStatus(to), status)
        }
      }
    })
  })

  test('SetCommState sets DTR and RTS', async () => {
    await withPorts((a, b) => {
      setAll([a, b], { ...plain, fDtrControl: 0, fRtsControl: 0 })
      assert.equal(win32file.GetCommModemStatus(b), 0)
      setAll([a], { ...plain, fDtrControl: 1, fRtsControl: 0 })
      assert.equal(win32file.GetCommModemStatus(b), MS_DSR_ON | MS_RLSD_ON)
      setAll([a, b], plain)
      assert.equal(win32file.GetCommModemStatus(b), MS_CTS_ON | MS_DSR_ON | MS_RLSD_ON)
    })
  })

  test('WaitCommEvent tells of each line, and of nothing that was not asked for', async () => {
    await withPorts(async (a, b) => {
      setAll([a, b], plain)
      const escape = (func: number) => () => win32file.EscapeCommFunction(b, func)
      const all = EV_CTS | EV_DSR | EV_RLSD | EV_RXCHAR | EV_BREAK | EV_ERR
      assert.equal(await eventsOf(a, all, escape(CLRRTS)), EV_CTS)
      assert.equal(await eventsOf(a, EV_CTS, escape(SETRTS)), EV_CTS)
      assert.equal(await eventsOf(a, all, escape(CLRDTR)), EV_DSR | EV_RLSD)
      assert.equal(await eventsOf(a, EV_RLSD, escape(SETDTR)), EV_RLSD)
      assert.equal(await eventsOf(a, all, () => send(b, 'x')), EV_RXCHAR)
    })
  })

  test('the ring indicator', async () => {
    await withPorts(async (a, b) => {
      setAll([a, b], plain)
      const others = win32file.GetCommModemStatus(a)
      ring(true)
      assert.equal(win32file.GetCommModemStatus(a), others | MS_RING_ON)
      // It is an event when it goes off, as a 16550 has it.
      assert.equal(await eventsOf(a, EV_RING | EV_CTS, () => ring(false)), EV_RING)
      assert.equal(win32file.GetCommModemStatus(a), others)
    })
  })

  test('WaitCommEvent, awaited', async () => {
    await withPorts(async (a, b) => {
      setAll([a, b], plain)
      win32file.SetCommMask(a, EV_CTS)
      const waiting = win32file.WaitCommEventAsync(a)
      await sleep(20)
      win32file.EscapeCommFunction(b, CLRRTS)
      assert.equal(await within(10_000, waiting), EV_CTS)
      const signal = AbortSignal.timeout(50)
      const aborted = within(10_000, win32file.WaitCommEventAsync(a, { signal }))
      await assert.rejects(aborted, { code: 'ABORTED', syscall: 'WaitCommEvent' })
      // The operation has ended with it, and the next one hears of the next change; Wine wants the mask set for that.
      win32file.SetCommMask(a, EV_CTS)
      const next = win32file.WaitCommEventAsync(a)
      await sleep(20)
      win32file.EscapeCommFunction(b, SETRTS)
      assert.equal(await within(10_000, next), EV_CTS)
    })
  })

  test('a new mask ends the wait', async () => {
    await withPorts(async (a) => {
      const waiting = eventsOf(a, EV_CTS, () => win32file.SetCommMask(a, EV_DSR))
      // Without an event on Windows; Wine aborts it.
      const code = await waiting.catch((error: unknown) => (error as pywintypes.error).winerror)
      assert.ok(code === 0 || code === winerror.ERROR_OPERATION_ABORTED, String(code))
    })
  })
})

suite('breaks and errors', { skip: needsHardware }, () => {
  test('a break is an event at the other end, by either pair of calls', async () => {
    await withPorts(async (a, b) => {
      setAll([a, b], plain)
      const breaks = [
        [() => win32file.SetCommBreak(b), () => win32file.ClearCommBreak(b)],
        [() => win32file.EscapeCommFunction(b, SETBREAK), () => win32file.EscapeCommFunction(b, CLRBREAK)],
      ] as const
      for (const [set, clear] of breaks) {
        assert.equal(await eventsOf(a, EV_BREAK | EV_RXCHAR, set), EV_BREAK)
        // Nothing is sent while the line is held down.
        win32file.WriteFile(b, 'later', overlappedWithEvent())
        await sleep(50)
        assert.equal(win32file.ClearCommError(a)[1].cbInQue, 0)
        clear()
        assert.equal(receive(a, 5).toString(), 'later')
      }
    })
  })

  test('a parity error and a framing error are events', async () => {
    await withPorts(async (a, b) => {
      setAll([b], { ...plain, Parity: win32con.SPACEPARITY, fParity: 1 })
      // 1 has an odd number of ones, so its even parity bit is 1 and not 0.
      setAll([a], { ...plain, Parity: win32con.EVENPARITY, fParity: 1 })
      assert.equal(await eventsOf(a, EV_ERR, () => send(b, Uint8Array.of(1))), EV_ERR)
      // A parity bit of 0 where the stop bit should be.
      setAll([a], plain)
      assert.equal(await eventsOf(a, EV_ERR, () => send(b, Uint8Array.of(1))), EV_ERR)
      // CE_RXPARITY | CE_FRAME on Windows; Wine has never any to tell of.
      assert.ok([0, win32con.CE_RXPARITY | win32con.CE_FRAME].includes(win32file.ClearCommError(a)[0]))
      setAll([a, b], plain)
      win32file.PurgeComm(a, win32con.PURGE_RXCLEAR)
    })
  })
})

suite('the output queue', { skip: needsHardware }, () => {
  test('FlushFileBuffers ends with the last bit', async () => {
    await withPorts(async (a, b) => {
      setAll([a, b], { ...plain, BaudRate: 9600 })
      const late: number[] = []
      for (const size of [1, 16, 17, 100]) {
        send(a, new Uint8Array(size))
        win32file.FlushFileBuffers(a)
        late.push(await lateness(performance.now()))
      }
      assert.ok(Math.min(...late) >= 0, `early: ${late.join(' ')} ms`)
      // With others on the machine ms say little.
      assert.ok(Math.min(...late) < 200, `late: ${late.join(' ')} ms`)
    })
  })

  test('cbOutQue counts down, and PurgeComm empties it', async () => {
    await withPorts(async (a, b) => {
      setAll([a, b], { ...plain, BaudRate: 9600 })
      const queued = () => win32file.ClearCommError(a)[1].cbOutQue
      send(a, new Uint8Array(900))
      const first = queued()
      assert.ok(first > 100 && first <= 900, `${first}`)
      await eventually('fewer wait', () => queued() < first)
      win32file.PurgeComm(a, win32con.PURGE_TXCLEAR)
      assert.equal(queued(), 0)
      await sleep(50)
      assert.ok(win32file.ClearCommError(b)[1].cbInQue < 900)
    })
  })

  test('CTS stops it where the DCB says so', async () => {
    await withPorts(async (a, b) => {
      setAll([a, b], plain)
      win32file.EscapeCommFunction(b, CLRRTS)
      setAll([a], { ...plain, fOutxCtsFlow: 1, fRtsControl: win32con.RTS_CONTROL_HANDSHAKE })
      send(a, 'held')
      await sleep(50)
      assert.equal(win32file.ClearCommError(b)[1].cbInQue, 0)
      assert.equal(win32file.ClearCommError(a)[1].cbOutQue, 4)
      win32file.EscapeCommFunction(b, SETRTS)
      await arrived(b, 4)
      assert.equal(win32file.ClearCommError(a)[1].cbOutQue, 0)
    })
  })

  test('XOFF stops it, and XON lets it go on', async () => {
    await withPorts(async (a, b) => {
      setAll([b], plain)
      setAll([a], { ...plain, fOutX: 1, fInX: 1 })
      win32file.TransmitCommChar(b, '\x13')
      await sleep(50)
      send(a, 'held')
      await sleep(50)
      assert.equal(win32file.ClearCommError(b)[1].cbInQue, 0)
      win32file.TransmitCommChar(b, '\x11')
      await arrived(b, 4)
    })
  })
})
