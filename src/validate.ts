import { inspect } from 'node:util'
import { SerialError } from './errors.ts'

/** What one option accepts: a test, and the words an error uses for it. */
export interface Check {
  readonly allowed: string
  accepts(value: unknown): boolean
}

/** The longest time-out a timer can keep, in ms: about 24.8 days. */
export const longestTimeout = 0x7fffffff

export function oneOf(values: readonly (string | number)[]): Check {
  const words = values.map((value) => String(value))
  return {
    allowed: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    accepts: (value) => (values as readonly unknown[]).includes(value),
  }
}

export function integer(least: number, most: number, unit: string): Check {
  return {
    allowed: `a whole number of ${unit} from ${least} to ${most}`,
    accepts: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
  }
}

export const flag: Check = { allowed: 'true or false', accepts: (value) => typeof value === 'boolean' }

export const milliseconds: Check = {
  allowed: `milliseconds from 0 to ${longestTimeout}, or Infinity to wait for ever`,
  accepts: (value) =>
    typeof value === 'number' && ((value >= 0 && value <= longestTimeout) || value === Infinity),
}

/** By its members: a test runner's sandbox may have an AbortSignal of its own. */
export const abortSignal: Check = {
  allowed: 'an AbortSignal',
  accepts: (value) =>
    typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value,
}

/** What opens URLs of a user's own; see `url.ts` for what a scheme is. */
export const schemes: Check = {
  allowed: 'an object of functions, named by schemes in lower case, of two letters or more',
  accepts: (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(
      ([name, connect]) => /^[a-z][a-z0-9+.-]+$/.test(name) && typeof connect === 'function',
    ),
}

/** A check for an object whose own members are checked in turn. */
export function objectOf(checks: Readonly<Record<string, Check>>): Check {
  return {
    allowed: `an object of ${Object.keys(checks).join(', ')}`,
    // A list or a map has other members than its own.
    accepts: (value) => typeof value === 'object' && value !== null && !(Symbol.iterator in value),
  }
}

export function invalid(name: string, value: unknown, allowed: string): SerialError {
  const shown = inspect(value, { depth: 0, maxStringLength: 60, breakLength: Infinity })
  return new SerialError('INVALID_OPTION', `${name} is ${shown}; allowed: ${allowed}`)
}

/** Options that were looked at: what was absent is. */
export type Taken<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/**
 * Copies an options object, whose members may be those of a class, each looked at once; refuses one with a member that is
 * unknown or out of range. A member that is `undefined` counts as absent.
 */
export function takeOptions<T extends object>(
  what: string,
  options: T | undefined,
  checks: Readonly<Record<keyof T & string, Check>>,
): Taken<T> {
  const taken: Record<string, unknown> = {}
  if (options === undefined) return taken as Taken<T>
  const shape = objectOf(checks)
  if (!shape.accepts(options)) throw invalid(what, options, shape.allowed)
  refuseUnknown(what, options, Object.keys(checks))
  for (const [name, check] of Object.entries<Check>(checks)) {
    const value = (options as Record<string, unknown>)[name]
    if (value === undefined) continue
    if (!check.accepts(value)) throw invalid(name, value, check.allowed)
    taken[name] = value
  }
  return taken as Taken<T>
}

/** For the names alone, of options that are looked at on the way of every byte. */
export function refuseUnknown(what: string, options: object, known: readonly string[]): void {
  for (const name in options) if (!known.includes(name)) throw unknownName(what, name, known)
}

function unknownName(what: string, name: string, known: readonly string[]): SerialError {
  const near = known.find((other) => other.toLowerCase() === name.toLowerCase().replaceAll(/[_-]/g, ''))
  const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`
  return new SerialError('INVALID_OPTION', `${what} has no member ${inspect(name)}; ${hint}`)
}
