// Where the tests are run: on this system under each Node, as on Windows, in Wine, and on serial hardware, in a guest.
import { pathToFileURL } from 'node:url'
import { Unavailable } from '../../lab/lib/install.mjs'
import { HardwareLab } from '../../lab/qemu/lab.mjs'
import { nodeExe, windowsLines } from '../../lab/wine/install.mjs'
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
 * @property {(file: string, line: number) => boolean} takes whether a test file, by its path in build/, is run there
 * @property {() => Promise<void>} open gets it ready; throws Unavailable, with the reason, where that can't be done
 * @property {(line: number) => string} binary the Node there, installed if need be
 * @property {(line: number, file: string) => Promise<import('./recorder.mjs').Result>} run one file
 * @property {() => Promise<void>} close
 */

/** Works with programs of others, which are the slower side, and the same under each Node line: under the first alone. */
const withOthers = ['test/rfc2217/pyserial', 'test/rfc2217/ser2net']

/** @type {Place} */
const here = {
  title: '',
  lines,
  note,
  atATime: 3,
  takes(file, line) {
    if (line !== lines[0] && withOthers.some((start) => file.startsWith(start))) return false
    return !file.startsWith('test/hardware')
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

let guest
let unlock

/** @type {Place} Emulation is slow, so under one line: the oldest. */
const hardware = {
  title: ' on serial hardware (emulated)',
  lines: lines.slice(0, 1),
  note: '',
  takes: (file) => file.startsWith('test/hardware/'),
  async open() {
    guest = await HardwareLab.start('here', { hardware: ['nm', '8250', 'usb'], timeout: 600 })
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
  async open() {
    unlock = await prepareForGuest(windowsLines[0])
    try {
      guest = await HardwareLab.start('windows', { hardware: ['nm'], memory: 4096, timeout: 600 })
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

export { Unavailable }
