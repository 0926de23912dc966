import { bind } from '../ffi.ts'

type Handle = bigint | null

/**
 * The calls that read the I/O Registry. Its entries are numbers that stand for rights, which have to be given back.
 * Source: IOKit/IOKitLib.h.
 */
export interface IoKit {
  IOServiceMatching(name: Uint8Array): Handle
  /** Takes the matching dictionary over, also when it fails. */
  IOServiceGetMatchingServices(mainPort: number, matching: Handle, existing: Uint8Array): number
  IOIteratorNext(iterator: number): number
  IOObjectRelease(object: number): number
  IORegistryEntryGetParentEntry(entry: number, plane: Uint8Array, parent: Uint8Array): number
  IORegistryEntryCreateCFProperty(entry: number, key: Handle, allocator: Handle, options: number): Handle
}

/** Strings and numbers of Core Foundation. Source: CFBase.h, CFString.h, CFNumber.h. */
export interface CoreFoundation {
  CFRelease(object: Handle): void
  CFGetTypeID(object: Handle): number
  CFStringGetTypeID(): number
  CFNumberGetTypeID(): number
  CFStringCreateWithCString(allocator: Handle, text: Uint8Array, encoding: number): Handle
  /** 0 for what does not fit. */
  CFStringGetCString(text: Handle, buffer: Uint8Array, bufferSize: number, encoding: number): number
  CFNumberGetValue(number: Handle, type: number, value: Uint8Array): number
}

export interface Frameworks {
  readonly io: IoKit
  readonly cf: CoreFoundation
}

/** Binds both. They are files in name only: the loader has them in its cache. */
export function bindFrameworks(
  ioKit: string = '/System/Library/Frameworks/IOKit.framework/IOKit',
  coreFoundation: string = '/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation',
): Frameworks {
  const io: IoKit = bind(ioKit, {
    IOServiceMatching: { returns: 'handle', takes: ['pointer name'] },
    IOServiceGetMatchingServices: {
      returns: 'int',
      takes: ['uint mainPort', 'handle matching', 'pointer existing'],
    },
    IOIteratorNext: { returns: 'uint', takes: ['uint iterator'] },
    IOObjectRelease: { returns: 'int', takes: ['uint object'] },
    IORegistryEntryGetParentEntry: {
      returns: 'int',
      takes: ['uint entry', 'pointer plane', 'pointer parent'],
    },
    IORegistryEntryCreateCFProperty: {
      returns: 'handle',
      takes: ['uint entry', 'handle key', 'handle allocator', 'uint options'],
    },
  })
  // CFIndex is as wide as ssize_t, CFTypeID as unsigned long, and Boolean is an unsigned char.
  const cf: CoreFoundation = bind(coreFoundation, {
    CFRelease: { returns: 'void', takes: ['handle cf'] },
    CFGetTypeID: { returns: 'ulong', takes: ['handle cf'] },
    CFStringGetTypeID: { returns: 'ulong', takes: [] },
    CFNumberGetTypeID: { returns: 'ulong', takes: [] },
    CFStringCreateWithCString: {
      returns: 'handle',
      takes: ['handle alloc', 'pointer cStr', 'uint encoding'],
    },
    CFStringGetCString: {
      returns: 'uchar',
      takes: ['handle theString', 'pointer buffer', 'ssize bufferSize', 'uint encoding'],
    },
    CFNumberGetValue: { returns: 'uchar', takes: ['handle number', 'ssize theType', 'pointer valuePtr'] },
  })
  return { io, cf }
}
