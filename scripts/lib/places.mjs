// Where the tests are run: on this system under each Node, as on Windows, in Wine, and on serial hardware, in a guest.
import { pathToFileURL } from 'node:url'
import { installPrograms, Unavailable } from '../../lab/lib/install.mjs'
import { installLab } from '../../lab/qemu/install.mjs'
import { HardwareLab } from '../../lab/qemu/lab.mjs'
import { installWine, nodeExe, windowsLines, windowsModules } from '../../lab/wine/install.mjs'
import { WineLab, prepareForGuest, windowsPath } from '../../lab/wine/lab.mjs'
import { binaryOf, lines, note } from './nodes.mjs'
import { inRoot } from './project.mjs'
import { Recorder } from './recorder.mjs'
import { nodeFlags, runFile } from './run-file.mjs'

/**
 * @typedef {object} Place
 * @property {string} title what to call it, after the Node line
 * @property {number[]} lines the Node lines that run there
 * @property {string} note what to say of it beforehand
 * @property {number} [atATime] how many files, if more than one: tests wait more than they work
 * @property {(files: string[]) => string[]} [inOrder] the order to run them in, if not by their names
 * @property {(file: string, line: number) => boolean} takes whether a test file, by its path in build/, is run there
 * @property {() => Promise<void>} prepare installs what is missing, while nothing else goes on; throws Unavailable, with
 * the reason, where that can't be done
 * @property {() => Promise<void>} open gets it ready; throws Unavailable as well
 * @property {(line: number) => string} binary the Node there, installed if need be
 * @property {(line: number, file: string) => Promise<import('./recorder.mjs').Result>} run one file
 * @property {() => Promise<void>} close
 */

/** Files of programs of others that tests work with, and Debian's packages that have them. */
const others = {
  '/usr/sbin/ser2net': 'ser2net',
  '/usr/lib/python3/dist-packages/serial/rfc2217.py': 'python3-serial',
}

/** Where they are not to be had, the tests that need them say so; but not where all must be run. */
function installOthers() {
  try {
    if (process.platform === 'linux') installPrograms(Object.keys(others), Object.values(others))
  } catch (error) {
    if (!(error instanceof Unavailable) || process.env.CI) throw error
  }
}

/** Works with programs of others, which are the slower side, and the same under each Node line: under the first alone. */
const withOthers = ['test/rfc2217/pyserial', 'test/rfc2217/ser2net']

/** What comes down to JavaScript and to Node's own sockets: under the oldest line and the newest. */
const aboveThePort = [
  'alt',
  'docs',
  'house',
  'hwgrep',
  'native/darwin',
  'rfc2217',
  'serve',
  'spy',
  'tcp',
  'url',
  'win32',
]
const atTheEnds = aboveThePort.map((folder) => `test/${folder}/`)

/** What takes longest, most of it in waiting: nothing else is left to do meanwhile where it comes last. */
const longest = [
  'rfc2217/pyserial',
  'tcp/half-open',
  'holds/leaks',
  'serve/acknowledgement',
  'holds/no-loss.',
]
const isLong = (file) => longest.some((start) => file.startsWith(`test/${start}`))

/** @type {Place} */
const here = {
  title: '',
  lines,
  note,
  atATime: 3,
  takes(file, line) {
    if (line !== lines[0] && withOthers.some((start) => file.startsWith(start))) return false
    if (line !== lines[0] && line !== lines.at(-1) && atTheEnds.some((start) => file.startsWith(start)))
      return false
    return !file.startsWith('test/hardware')
  },
  inOrder: (files) => [...files.filter(isLong), ...files.filter((file) => !isLong(file))],
  async prepare() {
    installOthers()
  },
  async open() {},
  binary: binaryOf,
  run: (line, file) => runFile(binaryOf(line), file),
  async close() {},
}

/** What is worth running under Wine: what comes down to the Windows room. */
const windowsFolders = ['test/win32/', 'test/native/win32/', 'test/conformance/native']

/** What takes minutes there, and depends on the Node line less than on the system: under the first line alone. */
const oneLineFolders = ['test/holds/', 'test/unit/']

/** So long may a file take there (s): every process starts slowly. */
const patience = 300

let wine

/** @type {Place} */
const windows = {
  title: ' on Windows (in Wine)',
  lines: windowsLines,
  note: '',
  takes(file, line) {
    const folders = line === windowsLines[0] ? [...windowsFolders, ...oneLineFolders] : windowsFolders
    return folders.some((folder) => file.startsWith(folder))
  },
  async prepare() {
    installWine()
    for (const line of windowsLines) nodeExe(line)
    windowsModules()
  },
  async open() {
    wine = await WineLab.start()
  },
  binary: nodeExe,
  async run(line, file) {
    const recorder = new Recorder()
    const reporter = new URL(pathToFileURL(inRoot('scripts/lib/reporter.mjs')))
    reporter.pathname = `/Z:${reporter.pathname}`
    const code = await wine.run(line, [...nodeFlags(reporter.href), windowsPath(file)], {
      timeout: patience,
      onText: (text) => recorder.stdout(text),
      onErrorText: (text) => recorder.stderr(text),
    })
    return recorder.finish(code, code === 124 ? `not done after ${patience} s` : undefined)
  },
  close: () => wine.stop(),
}

/** The guest that is running: there is one at a time. */
let guest
let unlock

/** @type {Place} Emulation is slow, so under one line: the oldest. */
const hardware = {
  title: ' on serial hardware (emulated)',
  lines: lines.slice(0, 1),
  note: '',
  takes: (file) => file.startsWith('test/hardware/'),
  async prepare() {
    installLab()
    installOthers()
  },
  async open() {
    guest = await HardwareLab.start('here', { hardware: ['nm', '8250', 'usb'], timeout: 1200 })
  },
  binary: binaryOf,
  run: (line, file) => guest.run(line, file),
  close: () => guest.stop(),
}

/** @type {Place} */
const windowsHardware = {
  ...hardware,
  title: ' on Windows (in Wine) on serial hardware (emulated)',
  lines: windowsLines.slice(0, 1),
  takes: (file) => file.startsWith('test/hardware-windows/'),
  async prepare() {
    installLab()
    const unlockAtOnce = await prepareForGuest(windowsLines[0])
    unlockAtOnce()
  },
  async open() {
    unlock = await prepareForGuest(windowsLines[0])
    try {
      guest = await HardwareLab.start('windows', { hardware: ['nm'], memory: 4096, timeout: 1200 })
    } catch (error) {
      unlock()
      throw error
    }
  },
  binary: nodeExe,
  async close() {
    await guest.stop()
    unlock()
  },
}

/** The places by the names that `npm test -- --on` takes. */
export const places =
  process.platform === 'linux' ? { here, windows, hardware, 'hardware-windows': windowsHardware } : { here }

/**
 * What goes on side by side, and in each of these one place after the other. The tests here wait more than they work, and
 * an emulated machine has one processor; in Wine, where each wait costs a thread, they are alone.
 */
export const rounds = [[['here'], ['hardware', 'hardware-windows']], [['windows']]]

export { Unavailable }
