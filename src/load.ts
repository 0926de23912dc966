import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { SerialError } from './errors.ts'

/**
 * Loads a module of the package right away: what `import()` does, for callers that can't wait. Node loads ES modules so
 * as long as none of them awaits anything while it loads. This stands in a file of its own at the top because the path
 * counts from here, in the sources and in the package alike.
 *
 * @param name - its path from this folder, without the ending: `loop/index`
 * @throws {@link SerialError} `UNSUPPORTED` where an `import()` of it is under way, and in a program that has baud's
 * modules built into it
 */
export function loadNow(name: string): unknown {
  const here = import.meta.url
  try {
    return createRequire(here)(`./${name}${extname(here)}`)
  } catch (cause) {
    const message = `a part of baud (${name}) could not be loaded at once: await whatever call is loading it, or use open() in place of openSync()`
    throw new SerialError('UNSUPPORTED', message, { cause })
  }
}
