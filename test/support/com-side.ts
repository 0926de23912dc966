import { win32event, win32file } from '../../src/win32/index.ts'
import { openCom, overlappedWithEvent } from '../win32/com.ts'
import { addCable, removeCable } from './lab.ts'

/** So long a side waits for room in its cable, in ms. */
const patience = 100

/** One end of a cable between COM ports; the port under test is the other. */
export class ComSide {
  readonly path: string
  readonly #cable: { a: string; b: string } = addCable()
  readonly #port = openCom(this.#cable.b)
  readonly #overlapped = overlappedWithEvent()

  constructor() {
    this.path = this.#cable.a
  }

  /** Asks first what is there: only then does a read end at once in Wine as it does in Windows. */
  take(most: number): Buffer {
    const count = Math.min(most, win32file.ClearCommError(this.#port)[1].cbInQue)
    if (count === 0) return Buffer.alloc(0)
    const [, buffer] = win32file.ReadFile(this.#port, count, this.#overlapped)
    return Buffer.from(buffer.subarray(0, this.#ended()))
  }

  send(data: Buffer): number {
    win32file.WriteFile(this.#port, data, this.#overlapped)
    win32event.WaitForSingleObject(this.#overlapped.hEvent, patience)
    // Ends what there was no room for; once may not be enough for Wine.
    while (win32event.WaitForSingleObject(this.#overlapped.hEvent, 1) !== win32event.WAIT_OBJECT_0)
      win32file.CancelIo(this.#port)
    return this.#ended()
  }

  /** How much was transferred, once the operation has ended, in whatever way. */
  #ended(): number {
    win32event.WaitForSingleObject(this.#overlapped.hEvent, win32event.INFINITE)
    return this.#overlapped.InternalHigh
  }

  unplug(): void {
    this.#port.Close()
    removeCable(this.#cable)
    win32file.CloseHandle(this.#overlapped.hEvent)
  }
}
