// The read that keeps every byte.
//
// The seed's own comment says where the danger is: in reading MORE THAN ONE byte. A read of several that has got some is
// in between: it has taken them from the driver, and has not given them to anybody. Who leaves it then, or cancels it,
// loses them. A read of one byte has no such state: it has its byte and has ended, or it has taken nothing.
//
// So the read that waits is of one byte, and nobody ever leaves or cancels it: when the wait gives up, the read stays under
// way, and what it brings is the next call's. When it has ended, what came with its byte is in the driver's queue, and a
// read of what is there ends at once. The driver's time-outs take no part, so this is the same with every driver.
import { pywintypes, win32event, win32file } from 'baud/win32'
import { overlappedWithEvent, Port, portArgument, portNotOpenError } from './port.ts'
import type { Timeout } from './port.ts'

/** What OVERLAPPED.Internal says while the system works on it. Source: "OVERLAPPED structure (minwinbase.h)". */
const STATUS_PENDING = 0x103

export class PortThatKeepsEveryByte extends Port {
  /** What the line suffered: CE_*, or-ed. ClearCommError tells it once and forgets it, so it is gathered here. */
  errors = 0
  /** What was taken from the driver and not asked for yet. */
  #arrived: Buffer = Buffer.alloc(0)
  /** For one operation at a time: the next one starts when the end of the one before was looked at. */
  readonly #overlapped: pywintypes.PyOVERLAPPED = overlappedWithEvent(1)
  /** Owned by the system while a read is under way. */
  readonly #byte: Buffer = win32file.AllocateReadBuffer(1)
  /** A read was started, and its end not looked at. */
  #started = false
  /** Awaited reads wait for each other: bytes go to them in the order in which they were asked for. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(port: string | number, timeout: Timeout) {
    super(port, timeout, () => [0, 0, 0, 0, 0])
  }

  /** Up to `size` bytes: fewer when the time is up. What comes later is for the next call. */
  read(size: number = 1): Buffer {
    const deadline = deadlineOf(this.timeout)
    while (this.#lacks(size)) {
      const event = this.#start()
      if (win32event.WaitForSingleObject(event, left(deadline)) === win32event.WAIT_TIMEOUT) break
      this.#collect()
    }
    return this.#take(size)
  }

  /** The same, while the event loop runs on. What an aborted read had got is for the next call, too. */
  readAsync(size: number = 1, options?: win32event.WaitOptions): Promise<Buffer> {
    const turn = this.#turn.then(() => this.#readInTurn(size, options))
    this.#turn = turn.catch(() => {})
    return turn
  }

  async #readInTurn(size: number, options?: win32event.WaitOptions): Promise<Buffer> {
    const deadline = deadlineOf(this.timeout)
    while (this.#lacks(size)) {
      const event = this.#start()
      const rc = await win32event.WaitForSingleObjectAsync(event, left(deadline), options)
      if (rc === win32event.WAIT_TIMEOUT) break
      this.#collect()
    }
    return this.#take(size)
  }

  #lacks(size: number): boolean {
    if (!this.hComPort) throw portNotOpenError()
    return this.#arrived.length < size
  }

  /** Sees to it that a read is under way, or has ended and was not looked at; returns the event that tells its end. */
  #start(): pywintypes.HandleLike {
    if (this.hComPort && !this.#started) {
      win32file.ReadFile(this.hComPort, this.#byte, this.#overlapped)
      this.#started = true
    }
    return this.#overlapped.hEvent
  }

  /** Takes the byte of the read that has ended, and what came with it. */
  #collect(): void {
    // While this call was awaited, another may have taken it, and may have started the next.
    if (!this.hComPort || !this.#started || this.#overlapped.Internal === STATUS_PENDING) return
    this.#started = false
    this.#keep(this.#byte, win32file.GetOverlappedResult(this.hComPort, this.#overlapped, 0))
    const [flags, comstat] = win32file.ClearCommError(this.hComPort)
    this.errors |= flags
    if (comstat.cbInQue === 0) return
    const buf = win32file.AllocateReadBuffer(comstat.cbInQue)
    win32file.ReadFile(this.hComPort, buf, this.#overlapped)
    this.#keep(buf, win32file.GetOverlappedResult(this.hComPort, this.#overlapped, 1))
  }

  #keep(buf: Buffer, n: number): void {
    this.#arrived = Buffer.concat([this.#arrived, buf.subarray(0, n)])
  }

  #take(size: number): Buffer {
    const taken = this.#arrived.subarray(0, Math.max(0, size))
    this.#arrived = this.#arrived.subarray(taken.length)
    return taken
  }

  /** Ends the read that is under way, waits until it has ended, and only then lets go of what it writes to. */
  override close(): void {
    const port = this.hComPort
    if (port && this.#started) {
      this.#started = false
      orElse(() => win32file.CancelIoEx(port, this.#overlapped)) // 1168: it has just ended by itself
      orElse(() => win32file.GetOverlappedResult(port, this.#overlapped, 1)) // 995: it was cancelled
    }
    super.close()
  }
}

function orElse(call: () => unknown): void {
  try {
    call()
  } catch (e) {
    if (!(e instanceof pywintypes.error)) throw e
  }
}

const deadlineOf = (timeout: Timeout): number | null =>
  timeout === null ? null : performance.now() + timeout * 1000

/** Milliseconds until then. */
function left(deadline: number | null): number {
  return deadline === null ? win32event.INFINITE : Math.max(0, Math.ceil(deadline - performance.now()))
}

const name = portArgument(import.meta.url)
if (name !== undefined) {
  using port = new PortThatKeepsEveryByte(name, 2)
  console.log(port.read(5))
}
