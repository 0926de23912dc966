import { contentsOf } from './files.ts'
import type { LogFormat } from './log.ts'
import { readShare, readValues, refused, take } from './read-share.ts'
import type { Given, Taken } from './read-share.ts'
import { doorKinds } from './share.ts'
import type { Share } from './share.ts'

/** What a configuration file comes to. */
export interface Config {
  readonly shares: readonly Share[]
  readonly logFormat: LogFormat | undefined
}

/** The part of a file that is about one port, or, before the first, about all. */
interface Section {
  readonly port: string
  readonly where: string
  readonly given: Given[]
}

const logFormats: readonly string[] = ['text', 'json'] satisfies LogFormat[]

/**
 * Reads a configuration file: sections by ports in brackets, and in them `key = value`, a line each; what stands before the
 * first section is for all. The keys are the options of `baud serve`.
 *
 * @throws SerialError `INVALID_OPTION`, which names the file, the line, the key, and what is allowed
 */
export function readConfig(file: string): Config {
  const [common, ...sections] = sectionsOf(contentsOf(file).toString(), file)
  if (sections.length === 0)
    throw refused(file, 'there is no port in it; write [/dev/ttyUSB0], and its keys below')
  const [general, logFormat] = generalOf(common)
  const taken: Taken = new Map()
  const shares = sections.map(({ given, port, where }) => {
    take(taken, `port ${port}`, where)
    const misplaced = given.find(isLogFormat)
    if (misplaced !== undefined)
      throw refused(misplaced.where, 'this holds for all ports: write it before the first [port]')
    const inherited = general.filter(({ key }) => given.every((own) => own.key !== key))
    return readShare(port, [...inherited, ...given], where, taken)
  })
  return { shares, logFormat }
}

const isLogFormat = ({ key }: Given): boolean => key === 'log-format'

/** What holds for all ports, and the format of the log. It is all read here, also what each port says otherwise. */
function generalOf({ given }: Section): [general: readonly Given[], logFormat: LogFormat | undefined] {
  const [logFormat, again] = given.filter(isLogFormat)
  if (again !== undefined) throw refused(again.where, 'this is there more than once')
  if (logFormat !== undefined && !logFormats.includes(logFormat.text))
    throw refused(logFormat.where, `this is '${logFormat.text}'; allowed: ${logFormats.join(' or ')}`)
  const general = given.filter((one) => one !== logFormat)
  const door = general.find(({ key }) => (doorKinds as readonly string[]).includes(key))
  if (door !== undefined) throw refused(door.where, 'a door belongs to a port: write it below the [port]')
  readValues(general)
  return [general, logFormat?.text as LogFormat | undefined]
}

function sectionsOf(text: string, file: string): [Section, ...Section[]] {
  const common: Section = { port: '', where: file, given: [] }
  const sections: [Section, ...Section[]] = [common]
  let current = common
  // A byte order mark is no part of the text.
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim()
    const where = `${file}:${index + 1}`
    if (line === '' || /^[#;]/.test(line)) continue
    const [, port] = /^\[(.*)\]$/.exec(line) ?? []
    if (port === undefined) current.given.push(entry(line, where))
    else if (port.trim() === '') throw refused(where, 'a section needs a port: [/dev/ttyUSB0]')
    else sections.push((current = { port: port.trim(), where, given: [] }))
  }
  return sections
}

function entry(line: string, where: string): Given {
  const [, key, text] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? []
  if (key === undefined || text === undefined)
    throw refused(where, 'this is neither [port] nor key = value, and no comment, which begins with #')
  return { key, text, where: `${where}: ${key}` }
}
