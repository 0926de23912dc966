import { SerialError } from './errors.ts'
import { invalid } from './validate.ts'

/** RFC 3986, section 3.1; two slashes tell a URL from a Windows path such as `C:\…`. */
const scheme = /^([a-z][a-z0-9+.-]*):\/\//i

/** The device that a path or URL names; throws `INVALID_OPTION` or `UNSUPPORTED`. */
export function parseTarget(path: unknown): string {
  if (typeof path !== 'string' || path === '')
    throw invalid('path', path, 'the name of a port, such as /dev/ttyUSB0 or COM3')
  const [, name] = scheme.exec(path) ?? []
  if (name === undefined) return path
  throw new SerialError(
    'UNSUPPORTED',
    `${path}: ports of the kind ${name}:// can not be opened by this version`,
    { path },
  )
}
