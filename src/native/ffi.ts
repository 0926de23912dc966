import koffi from 'koffi'
import type { LibraryHandle } from 'koffi'

/**
 * The C types that the bindings use, and what stands for each in TypeScript. A `pointer` takes memory of ours: it
 * stays referenced until the call is over, and it is never detached or empty, since that would pass NULL.
 */
interface CTypes {
  void: void
  uchar: number
  int: number
  uint: number
  short: number
  ulong: number
  size: number
  ssize: number
  pointer: Uint8Array | null
  /** Where memory of ours stands, as a number: who passes it keeps the memory referenced. */
  address: number
  /** A pointer to memory that is not ours: it can be passed on, and not looked into. */
  handle: bigint | null
  /** The types of Windows, by its own names. A HANDLE is as wide as a pointer, and its values stay small. */
  BOOL: number
  DWORD: number
  HANDLE: number
  LPCWSTR: string | null
  /** A number of ours that the system hands back. */
  ULONG_PTR: number
}

type CType = keyof CTypes

const spelling: Readonly<Record<CType, string>> = {
  void: 'void',
  uchar: 'unsigned char',
  int: 'int',
  uint: 'unsigned int',
  short: 'short',
  ulong: 'unsigned long',
  size: 'size_t',
  // koffi has no ssize_t; intptr_t has the same width wherever we run, and comes back as a number.
  ssize: 'intptr_t',
  pointer: 'void *',
  address: 'uintptr_t',
  handle: 'void *',
  BOOL: 'int',
  DWORD: 'uint32_t',
  HANDLE: 'intptr_t',
  LPCWSTR: 'str16',
  ULONG_PTR: 'uintptr_t',
}

/** One native function, as its manual page declares it: `{ returns: 'ssize', takes: ['int fd', 'pointer buf', 'size count'] }`. */
interface Declaration {
  readonly returns: CType
  readonly takes: readonly `${CType} ${string}`[]
  /** Its name in the library, where the table uses another. */
  readonly symbol?: string
  /** The last parameter stands where C has `...`; some systems pass it differently from a named one. */
  readonly variadic?: boolean
}

type Arguments<Takes extends readonly string[]> = {
  -readonly [I in keyof Takes]: Takes[I] extends `${infer T extends CType} ${string}` ? CTypes[T] : never
}

/** Functions by the names that they are called by. */
export type Declarations = Readonly<Record<string, Declaration>>

/** The calls of a table. */
export type Bound<Table extends Declarations> = {
  [Name in keyof Table]: (...args: Arguments<Table[Name]['takes']>) => CTypes[Table[Name]['returns']]
}

type Call = (...args: unknown[]) => unknown

/**
 * Typed calls into a library (`null`: what is already part of the process, such as libc). Nothing is looked up before
 * the first call, so a table for another system may be imported anywhere; `missing` says what a call throws there. A
 * library may also be a function that names it then, or throws.
 */
export function bind<const Table extends Declarations>(
  library: string | null | (() => string),
  table: Table,
  missing?: (cause: unknown) => Error,
): Bound<Table> {
  const calls: Record<string, Call> = {}
  let found = false
  const lookUp = () => {
    if (found) return
    const handle = load(typeof library === 'function' ? library() : library, missing)
    for (const [name, declaration] of Object.entries(table)) calls[name] = find(handle, name, declaration)
    found = true
  }
  lookUps.set(calls, lookUp)
  for (const name of Object.keys(table)) {
    calls[name] = (...args) => {
      lookUp()
      return calls[name]?.(...args)
    }
  }
  return calls as Bound<Table>
}

/** What makes the calls of a table ready. */
const lookUps = new WeakMap<object, () => void>()

/**
 * A call made by a thread of libuv's pool: for one that takes long now and then, and not for one that may wait for ever.
 * `settle` makes of the result, on this thread, what the promise becomes. There, and nowhere later, the error number and
 * GetLastError() are those of the call, which koffi carries over from the thread that made it.
 */
export function inPool<Calls extends object, Name extends keyof Calls, T>(
  calls: Calls,
  name: Name,
  args: Calls[Name] extends (...args: infer Args) => unknown ? Args : never,
  settle: (result: Calls[Name] extends (...args: never) => infer Result ? Result : never) => T,
): Promise<T> {
  lookUps.get(calls)?.()
  const call = calls[name] as unknown as { async: (...args: readonly unknown[]) => void }
  return new Promise((resolve, reject) => {
    call.async(...args, (error: Error | null, result: Parameters<typeof settle>[0]) => {
      if (error !== null) return reject(error)
      // koffi drops what is thrown here.
      try {
        resolve(settle(result))
      } catch (thrown) {
        reject(thrown instanceof Error ? thrown : new Error(String(thrown)))
      }
    })
  })
}

function load(library: string | null, missing: ((cause: unknown) => Error) | undefined): LibraryHandle {
  try {
    return koffi.load(library)
  } catch (error) {
    throw missing?.(error) ?? error
  }
}

function find(library: LibraryHandle, name: string, declaration: Declaration): Call {
  const symbol = declaration.symbol ?? name
  const types = declaration.takes.map((parameter) => spelling[parameter.split(' ', 1)[0] as CType])
  if (declaration.variadic !== true) return library.func(symbol, spelling[declaration.returns], types)

  const last = types.pop()
  const call: Call = library.func(symbol, spelling[declaration.returns], [...types, '...'])
  return (...args) => call(...args.slice(0, -1), last, args.at(-1))
}

/** The error number of the last native call on this thread; to be asked right after it. */
export function errno(): number {
  return koffi.errno()
}

/**
 * A C function that runs `work` on this thread, whichever thread calls it; the caller is held until then. What `work`
 * throws does not go through native code: it is as any other uncaught error. The function is good for as long as the
 * thread lives: taking one away that the system may still call ends in a crash.
 *
 * @param returns - a number: then it is 0
 */
export function nativeCallback<const Takes extends readonly CType[]>(
  takes: Takes,
  work: (...args: { -readonly [I in keyof Takes]: CTypes[Takes[I]] }) => void,
  returns: 'void' | 'DWORD' = 'void',
): bigint {
  const guarded = (...args: Parameters<typeof work>): 0 | undefined => {
    try {
      work(...args)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
    return returns === 'void' ? undefined : 0
  }
  const prototype = koffi.proto(
    spelling[returns],
    takes.map((type) => spelling[type]),
  )
  return koffi.register(guarded, koffi.pointer(prototype))
}

/** Where memory of ours stands; who asks keeps it referenced, and it has an ArrayBuffer that was asked for. */
export function addressOf(memory: Uint8Array): number {
  return Number(koffi.address(memory))
}

/** Memory of the system's as an ArrayBuffer; who took it gives it back, when nobody has the ArrayBuffer any more. */
export function memoryAt(address: bigint, size: number): ArrayBuffer {
  return koffi.view(address, size)
}
