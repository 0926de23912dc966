const smallest = 4096

/** What has arrived and was not read yet, in one piece of memory that can be searched. */
export class ReceiveBuffer {
  #memory: Buffer = Buffer.allocUnsafeSlow(smallest)
  #start = 0
  #end = 0
  #left = 0
  #gapAt = 0

  /** How many bytes have left the buffer so far: where its first byte stands in the whole stream. */
  get position(): number {
    return this.#left
  }

  get length(): number {
    return this.#end - this.#start
  }

  /** What comes now does not follow what there is: bytes in between are missing. */
  markGap(): void {
    this.#gapAt = this.#left + this.length
  }

  /** How many of the bytes here came before the last gap; 0 when all came after it. */
  get beforeGap(): number {
    return Math.max(0, this.#gapAt - this.#left)
  }

  push(chunk: Uint8Array): void {
    if (this.#end + chunk.byteLength > this.#memory.length) this.#makeRoom(chunk.byteLength)
    this.#memory.set(chunk, this.#end)
    this.#end += chunk.byteLength
  }

  /**
   * The same, with `use` called in between. Where nothing was here before, `use` takes right out of the chunk, so that what is
   * waited for is copied once; what it leaves is put in afterwards.
   */
  pass(chunk: Uint8Array, use: () => void): void {
    if (this.length > 0 || !Buffer.isBuffer(chunk)) {
      this.push(chunk)
      return use()
    }
    const own = this.#memory
    this.#memory = chunk
    this.#end = chunk.byteLength
    try {
      use()
    } finally {
      const rest = this.length > 0 ? chunk.subarray(this.#start) : undefined
      this.#memory = own
      this.#start = 0
      this.#end = 0
      if (rest !== undefined) this.push(rest)
    }
  }

  /** Moves what there is to the front, of larger memory where that would not leave half of it free. */
  #makeRoom(more: number): void {
    const held = this.#memory.subarray(this.#start, this.#end)
    const needed = held.length + more
    let size = this.#memory.length
    while (size < needed * 2) size *= 2
    const memory = size === this.#memory.length ? this.#memory : Buffer.allocUnsafeSlow(size)
    memory.set(held)
    this.#memory = memory
    this.#start = 0
    this.#end = held.length
  }

  /** Takes the first bytes out: `count` of them, or all where there are fewer. The result is a copy. */
  take(count: number): Buffer {
    const taken = Buffer.allocUnsafe(Math.min(count, this.length))
    this.#memory.copy(taken, 0, this.#start)
    this.#skipTo(this.#start + taken.length)
    return taken
  }

  /** Takes the first bytes out as text. */
  takeText(count: number, encoding: BufferEncoding): string {
    const end = Math.min(this.#start + count, this.#end)
    const text = this.#memory.toString(encoding, this.#start, end)
    this.#skipTo(end)
    return text
  }

  /** Drops the first bytes. */
  skip(count: number): void {
    this.#skipTo(Math.min(this.#start + count, this.#end))
  }

  #skipTo(position: number): void {
    this.#left += position - this.#start
    this.#start = position
    if (this.#start < this.#end) return
    this.#start = 0
    this.#end = 0
    // A burst is over: its memory is not kept for the silence that follows.
    if (this.#memory.length > smallest * 64) this.#memory = Buffer.allocUnsafeSlow(smallest)
  }

  /** Where the delimiter begins, looking from an offset on; -1 where it is not. */
  indexOf(delimiter: Uint8Array, from: number): number {
    const [byte] = delimiter
    const unused = this.#memory.length - this.#end
    if (byte === undefined || delimiter.byteLength > 1 || unused > smallest)
      return this.#memory.subarray(this.#start, this.#end).indexOf(delimiter, from)
    // For one byte, which is a line end, little more memory is searched than is used: that takes less than to make a part of it.
    const found = this.#memory.indexOf(byte, this.#start + from)
    return found < this.#end ? Math.max(-1, found - this.#start) : -1
  }

  /** The byte at an offset that lies within {@link length}. */
  at(offset: number): number | undefined {
    return offset < this.length ? this.#memory[this.#start + offset] : undefined
  }

  clear(): void {
    this.#skipTo(this.#end)
  }
}
