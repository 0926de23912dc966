// The rooms of src/ as lint rules: who may import whom. Loaded by .oxlintrc.json through `jsPlugins`.
//
// A room is a folder directly under src/; a folder directly under src/native/ is a room of its own.
// The files at the top of src/ are the trunk. Imports point down the flow
//   open.ts → url.ts → transports.ts → <room>/index.ts → Transport → SerialPort → the user
// so a room is entered through its index.ts, and a room sees of the trunk only its contracts.
import path from 'node:path'

/** Trunk files that say what must hold and know of nothing above them. Every room may import them. */
export const contracts = [
  'counters.ts', // what the system counts of a port
  'deadline.ts', // how much of a time-out is left
  'errors.ts', // SerialError and its codes
  'failures.ts', // the failures that are no system's
  'keep-alive.ts', // what keeps the process alive for an open port
  'line-errors.ts', // what a line error is
  'load.ts', // a module of the package, right away
  'parameters.ts', // what stands behind the ? of a URL
  'pending-write.ts', // a write of which not all was taken at once
  'receive-buffer.ts', // what has arrived and was not read yet
  'room.ts', // what the room of a URL scheme provides
  'settings.ts', // option types, defaults, validation
  'signals.ts', // the control lines
  'transport.ts', // what every room provides
  'url.ts', // a port's URL
  'validate.ts', // how an option is refused
  'waiters.ts', // whoever waits for the same thing
]

/** What every platform sees of native/: what it must provide, what it calls with, what it says of a port. */
const platform = ['native/contract.ts', 'native/ffi.ts', 'native/port-info.ts', 'native/rescanning.ts']

/** What a room may import beyond its own files and the contracts. `*` stands for one name. */
const allowed = {
  // The trunk enters any room by its door; its own files are one room.
  // RFC 2217 has two: that of what is public, and that of its scheme, which is loaded without the server.
  trunk: ['*/index.ts', 'rfc2217/client/index.ts'],
  // So does any room that is not named below.
  '*': ['*/index.ts'],
  // Public rooms are built on the door of the package, as a user would be.
  cli: ['index.ts', '*/index.ts'],
  virtual: ['index.ts', '*/index.ts'],
  rfc2217: ['index.ts', '*/index.ts'],
  // What is shared is served by RFC 2217's session, to each client in its own way.
  serve: ['index.ts', '*/index.ts', 'rfc2217/server/index.ts'],
  // The pywin32-shaped module is the Windows binding made public.
  win32: ['*/index.ts', 'native/win32/index.ts', 'native/win32/constants.ts', 'native/win32/winerror.ts'],
  native: ['*/index.ts', 'native/*/index.ts'],
  // A platform never sees the choice of platform above it, nor another one beside it.
  'native/*': platform,
  'native/linux': [...platform, 'native/posix/index.ts'],
  'native/darwin': [...platform, 'native/posix/index.ts'],
}

/** Packages that one place alone may import; the rest of src/ asks that place. */
const packages = {
  koffi: { only: 'native/ffi.ts', why: 'one file knows how a native function is called' },
  commander: { only: 'cli/', why: 'the core depends on koffi alone' },
  ws: { only: 'serve/', why: 'the core depends on koffi alone' },
}

/** The room that a file (relative to src/) is in. */
function roomOf(file) {
  const folders = file.split('/').slice(0, -1)
  return folders.slice(0, folders[0] === 'native' ? 2 : 1).join('/') || 'trunk'
}

function mayImport(room, target) {
  const patterns = allowed[room] ?? allowed[room.startsWith('native/') ? 'native/*' : '*']
  return patterns.some((pattern) =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`).test(target),
  )
}

/**
 * Why `file` (relative to src/) may not import `specifier`, or undefined when it may.
 * @param {string} file
 * @param {string} specifier
 */
export function refusal(file, specifier) {
  if (!specifier.startsWith('.')) return packageRefusal(file, specifier)
  const target = path.posix.join(path.posix.dirname(file), specifier)
  if (target.startsWith('..')) return `'${specifier}' is outside src/: the package is built from src/ alone.`

  const from = roomOf(file)
  const to = roomOf(target)
  if (contracts.includes(file) && !contracts.includes(target)) {
    return `${file} is a contract and imports contracts alone: every room depends on it.`
  }
  if (from === to || contracts.includes(target) || mayImport(from, target)) return undefined
  return to === 'trunk'
    ? `a room may import of the trunk only its contracts, not ${target}; lint/rooms.mjs lists them.`
    : `${from} may not import ${target}: a room is entered through its index.ts, and only as lint/rooms.mjs allows.`
}

function packageRefusal(file, specifier) {
  const name = specifier.split('/')[0]
  if (name === 'baud') return `src/ imports its own files by path, not through '${specifier}'.`
  const rule = Object.hasOwn(packages, name) ? packages[name] : undefined
  return rule && !file.startsWith(rule.only)
    ? `'${name}' is imported only in src/${rule.only}: ${rule.why}.`
    : undefined
}

/** Calls `check` with each module specifier of a file: imports, re-exports, import(), import types. */
function eachSpecifier(check) {
  const visit = (node) => {
    const source = node.source ?? node.argument
    const literal = source?.type === 'TSLiteralType' ? source.literal : source
    if (typeof literal?.value === 'string') check(literal, literal.value)
  }
  return {
    ImportDeclaration: visit,
    ExportNamedDeclaration: visit,
    ExportAllDeclaration: visit,
    ImportExpression: visit,
    TSImportType: visit,
  }
}

const src = path.join(import.meta.dirname, '../src')

const imports = {
  create(context) {
    const file = path.relative(src, context.filename).split(path.sep).join('/')
    if (file.startsWith('..')) return {}
    return eachSpecifier((node, specifier) => {
      const message = refusal(file, specifier)
      if (message) context.report({ node, message })
    })
  },
}

export default { meta: { name: 'rooms' }, rules: { imports } }
