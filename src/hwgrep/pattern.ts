import type { PortInfo } from '../native/index.ts'
import { ordinal, present, readParameters } from '../parameters.ts'
import { notAllowed, refused } from '../url.ts'
import type { PortUrl } from '../url.ts'

/** Which port is looked for. */
export interface Pattern {
  readonly expression: RegExp
  /** Which of those that match, from 1. */
  readonly n: number
  readonly skipBusy: boolean
}

/**
 * Behind the expression come parameters, each after an ampersand, since the question mark belongs to expressions; one
 * that is followed by nothing but parameters is taken as what it is in every other URL.
 */
const parts = /^(.*?)(?:\?((?:(?:n=[^&]*|skip_busy)(?:&|$))+)|&(.*))?$/s

/** `hwgrep://<regexp>[&n=<number>][&skip_busy]`; nothing in the expression is percent-encoded. Throws `INVALID_OPTION`. */
export function patternOf(url: PortUrl): Pattern {
  const [, source = '', asQuery, asParts] = parts.exec(url.target) ?? []
  const given = readParameters(url, asQuery ?? asParts ?? '', { n: ordinal, skip_busy: present })
  if (source === '')
    throw notAllowed(url, 'the expression', source, 'a regular expression, such as 0403:6001')
  return { expression: compile(url, source), n: given.n ?? 1, skipBusy: given.skip_busy === true }
}

function compile(url: PortUrl, source: string): RegExp {
  try {
    return new RegExp(source, 'i')
  } catch (error) {
    throw refused(url, (error as Error).message)
  }
}

/** The ports that match, in their natural order. */
export function matches(ports: readonly PortInfo[], expression: RegExp): PortInfo[] {
  return ports.filter((port) => textsOf(port).some((text) => expression.test(text)))
}

/** What is searched: as in pySerial the path, the description and the hardware id, and besides them the maker and the stable path. */
function textsOf(port: PortInfo): string[] {
  const { manufacturer, path, product, stablePath } = port
  return [path, product, manufacturer, stablePath, hardwareId(port)].filter((text) => text !== undefined)
}

/** In the way in which pySerial writes it: `USB VID:PID=0403:6001 SER=A5028 LOCATION=1-1.4`. */
function hardwareId({ location, productId, serialNumber, vendorId }: PortInfo): string | undefined {
  if (vendorId === undefined) return undefined
  const serial = serialNumber === undefined ? '' : ` SER=${serialNumber}`
  const place = location === undefined ? '' : ` LOCATION=${location}`
  return `USB VID:PID=${vendorId.toUpperCase()}:${(productId ?? '0000').toUpperCase()}${serial}${place}`
}

/** A port in a line of text, with all that is searched. */
export function describe(port: PortInfo): string {
  const more = textsOf(port).slice(1)
  return more.length === 0 ? port.path : `${port.path} (${more.join(', ')})`
}
