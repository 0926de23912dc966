import { SerialError } from '../../errors.ts'
import type { Frameworks } from './frameworks.ts'

/** What an entry of the I/O Registry says of itself, as far as it was asked, and is a string or a number. */
export type Properties = ReadonlyMap<string, string | number>

/** Source: IOKit/IOKitLib.h, kIOMainPortDefault; mach/kern_return.h; IOKit/IOKitKeys.h, kIOServicePlane. */
const mainPort = 0
const KERN_SUCCESS = 0
const nothing = 0
const utf8 = 0x08000100
const kCFNumberSInt64Type = 4

/** No chain of devices is so long. */
const mostAncestors = 64

/** Room for the longest name in the registry, of which the call takes all. Source: device/device_types.h, io_name_t. */
const servicePlane = text('IOService', 128)

const stringBuffer = new Uint8Array(4096)

function text(string: string, size: number = Buffer.byteLength(string) + 1): Uint8Array {
  const bytes = new Uint8Array(size)
  bytes.set(Buffer.from(string))
  return bytes
}

/**
 * The services of a class, each with all that it hangs on, from the inside out. Whatever is taken is given back.
 *
 * @param names - the properties to ask for
 */
export function servicesOf(
  className: string,
  names: readonly string[],
  frameworks: Frameworks,
): Properties[][] {
  const { cf, io } = frameworks
  const keys = names.map((name) => [name, cf.CFStringCreateWithCString(null, text(name), utf8)] as const)
  try {
    const iterator = matchingServices(className, frameworks)
    try {
      return eachService(iterator, new Reader(frameworks, keys))
    } finally {
      io.IOObjectRelease(iterator)
    }
  } finally {
    for (const [, key] of keys) if (key !== null) cf.CFRelease(key)
  }
}

function matchingServices(className: string, { io }: Frameworks): number {
  const iterator = new Uint32Array(1)
  const matching = io.IOServiceMatching(text(className))
  const result = io.IOServiceGetMatchingServices(mainPort, matching, new Uint8Array(iterator.buffer))
  if (result === KERN_SUCCESS) return iterator[0] ?? nothing
  const code = `0x${(result >>> 0).toString(16)}`
  throw new SerialError(
    'IO',
    `the system does not say which ports there are (IOServiceGetMatchingServices: ${code})`,
    {
      syscall: 'IOServiceGetMatchingServices',
    },
  )
}

function eachService(iterator: number, reader: Reader): Properties[][] {
  const services: Properties[][] = []
  for (;;) {
    const service = reader.io.IOIteratorNext(iterator)
    if (service === nothing) return services
    services.push(reader.chain(service))
  }
}

/** Reads entries, and gives them back. */
class Reader {
  readonly io: Frameworks['io']
  readonly #cf: Frameworks['cf']
  readonly #keys: readonly (readonly [string, bigint | null])[]

  constructor({ cf, io }: Frameworks, keys: readonly (readonly [string, bigint | null])[]) {
    this.io = io
    this.#cf = cf
    this.#keys = keys
  }

  chain(service: number): Properties[] {
    const entries: Properties[] = []
    let entry = service
    while (entry !== nothing) {
      let parent = nothing
      try {
        entries.push(this.#properties(entry))
        if (entries.length < mostAncestors) parent = this.#parent(entry)
      } finally {
        this.io.IOObjectRelease(entry)
      }
      entry = parent
    }
    return entries
  }

  #parent(entry: number): number {
    const parent = new Uint32Array(1)
    const result = this.io.IORegistryEntryGetParentEntry(entry, servicePlane, new Uint8Array(parent.buffer))
    // The root has none.
    return result === KERN_SUCCESS ? (parent[0] ?? nothing) : nothing
  }

  #properties(entry: number): Properties {
    const properties = new Map<string, string | number>()
    for (const [name, key] of this.#keys) {
      const value = key === null ? null : this.io.IORegistryEntryCreateCFProperty(entry, key, null, 0)
      if (value === null) continue
      try {
        const known = this.#value(value)
        if (known !== undefined) properties.set(name, known)
      } finally {
        this.#cf.CFRelease(value)
      }
    }
    return properties
  }

  #value(value: bigint): string | number | undefined {
    const cf = this.#cf
    const type = cf.CFGetTypeID(value)
    if (type === cf.CFStringGetTypeID()) {
      if (cf.CFStringGetCString(value, stringBuffer, stringBuffer.byteLength, utf8) === 0) return undefined
      return Buffer.from(stringBuffer).toString('utf8', 0, stringBuffer.indexOf(0))
    }
    if (type !== cf.CFNumberGetTypeID()) return undefined
    const number = new BigInt64Array(1)
    if (cf.CFNumberGetValue(value, kCFNumberSInt64Type, new Uint8Array(number.buffer)) === 0) return undefined
    return Number(number[0])
  }
}
