import { isMainThread } from 'node:worker_threads'
import { memoryAt } from '../ffi.ts'
import { kernel32 } from './kernel32.ts'

/**
 * Memory that stays where it is: a small typed array would live on JavaScript's heap until somebody asks for its buffer.
 *
 * A worker thread can be ended at any moment, and then its memory is freed, whatever the system still writes to. There
 * memory is the system's: freed when it is collected, and not with the thread.
 */
export function fixedMemory(size: number): Uint8Array {
  const ofTheSystem = isMainThread || size === 0 ? undefined : systemMemory(size)
  return new Uint8Array(ofTheSystem ?? new ArrayBuffer(size))
}

const HEAP_ZERO_MEMORY = 8

const collected = new FinalizationRegistry<bigint>((address) => {
  kernel32.HeapFree(kernel32.GetProcessHeap(), 0, address)
})

/** Undefined outside Windows, where nothing is ever handed to the system. */
function systemMemory(size: number): ArrayBuffer | undefined {
  let address
  try {
    address = kernel32.HeapAlloc(kernel32.GetProcessHeap(), HEAP_ZERO_MEMORY, size)
  } catch {
    return undefined
  }
  if (address === null) throw new RangeError(`no memory for ${size} bytes`)
  const memory = memoryAt(address, size)
  collected.register(memory, address)
  return memory
}
