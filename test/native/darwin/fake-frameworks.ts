import type { CoreFoundation, Frameworks, IoKit } from '../../../src/native/darwin/frameworks.ts'

interface Entry {
  readonly properties: Readonly<Record<string, string | number | boolean>>
  readonly parent?: Entry
}

/** Text up to its NUL. */
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8', 0, bytes.indexOf(0))

/** A registry in memory that knows of each thing it has handed out whether it was given back. */
export class FakeRegistry implements Frameworks {
  readonly services: Entry[]
  /** What has been handed out and is still held. */
  readonly entries: Map<number, Entry | Entry[]> = new Map()
  readonly objects: Map<bigint, string | number | boolean | object> = new Map()
  /** Makes this call fail. */
  failing: string | undefined
  #next = 1

  constructor(services: Entry[]) {
    this.services = services
  }

  #handOut(entry: Entry | Entry[]): number {
    const number = 0x1000 + this.#next++
    this.entries.set(number, entry)
    return number
  }

  #create(object: string | number | boolean | object): bigint {
    const handle = 0x600000000000n + BigInt(this.#next++)
    this.objects.set(handle, object)
    return handle
  }

  #entry(number: number): Entry {
    const entry = this.entries.get(number)
    if (entry === undefined || Array.isArray(entry))
      throw new Error(`${number} is no entry, or was given back`)
    return entry
  }

  #object(handle: bigint | null): string | number | boolean | object {
    const object = handle === null ? undefined : this.objects.get(handle)
    if (object === undefined) throw new Error(`${handle} is no object, or was released`)
    return object
  }

  readonly io: IoKit = {
    IOServiceMatching: (name) => this.#create({ class: textOf(name) }),
    IOServiceGetMatchingServices: (_port, matching, existing) => {
      const { class: name } = this.#object(matching) as { class: string }
      this.objects.delete(matching ?? 0n)
      if (this.failing === 'IOServiceGetMatchingServices') return -536870212
      const found = name === 'IOSerialBSDClient' ? this.services : []
      new DataView(existing.buffer).setUint32(0, this.#handOut([...found]), true)
      return 0
    },
    IOIteratorNext: (iterator) => {
      const next = (this.entries.get(iterator) as Entry[]).shift()
      return next === undefined ? 0 : this.#handOut(next)
    },
    IOObjectRelease: (object) => (this.entries.delete(object) ? 0 : 1),
    IORegistryEntryGetParentEntry: (number, plane, parent) => {
      const entry = this.#entry(number)
      if (textOf(plane) !== 'IOService' || entry.parent === undefined) return -536870208
      new DataView(parent.buffer).setUint32(0, this.#handOut(entry.parent), true)
      return 0
    },
    IORegistryEntryCreateCFProperty: (number, key) => {
      if (this.failing === 'IORegistryEntryCreateCFProperty') throw new Error('as the test wants it')
      const value = this.#entry(number).properties[this.#object(key) as string]
      return value === undefined ? null : this.#create(value)
    },
  }

  readonly cf: CoreFoundation = {
    CFRelease: (object) => {
      this.#object(object)
      this.objects.delete(object ?? 0n)
    },
    CFGetTypeID: (object) => ['string', 'number', 'boolean'].indexOf(typeof this.#object(object)) + 1,
    CFStringGetTypeID: () => 1,
    CFNumberGetTypeID: () => 2,
    CFStringCreateWithCString: (_allocator, text) => this.#create(textOf(text)),
    CFStringGetCString: (text, buffer, size) => {
      const bytes = Buffer.from(`${this.#object(text) as string}\0`)
      if (bytes.byteLength > size) return 0
      buffer.set(bytes)
      return 1
    },
    CFNumberGetValue: (number, _type, value) => {
      new DataView(value.buffer).setBigInt64(0, BigInt(this.#object(number) as number), true)
      return 1
    },
  }
}
