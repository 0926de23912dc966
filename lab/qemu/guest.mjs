// A guest: a small machine in software emulation, with serial hardware, over this machine's own file system.
import { spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { hardware as kinds } from './hardware.mjs'
import { installLab } from './install.mjs'

/** The lab itself failed: the message has the end of what the kernel and QEMU said. */
export class LabFailed extends Error {}

/** Exit codes, as timeout(1) has them: the time was up, and the lab failed. */
const timedOut = 124
export const brokenDown = 125

/**
 * Boots a guest, runs a command there in the current directory and with this environment, and resolves to its exit code,
 * or to 124 when the time was up. The guest sees all files of this machine; what it writes is gone with it, except below
 * `out`. Throws Unavailable where there can't be a lab, LabFailed when it broke down, and the signal's reason.
 *
 * @param {string[]} command
 * @param {{
 *   hardware?: string[], timeout?: number, memory?: number, cpu?: string, clock?: string, out?: string, signal?: AbortSignal,
 *   environment?: NodeJS.ProcessEnv, input?: NodeJS.ReadableStream, onOutput?: (text: Buffer) => void,
 *   onError?: (text: Buffer) => void
 * }} options `timeout` in seconds, `memory` in MB; `clock`: see run.mjs
 */
export async function runInGuest(command, options = {}) {
  const built = installLab()
  const folder = mkdtempSync(path.join(tmpdir(), 'baud-qemu-'))
  try {
    return await new Guest(folder, built, options).run(command)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @type {(value: string) => string} for a shell */
const quote = (value) => `'${value.replaceAll("'", `'\\''`)}'`

class Guest {
  #folder
  #job
  #built
  #options

  constructor(folder, built, options) {
    this.#folder = folder
    this.#job = path.join(folder, 'job')
    this.#built = built
    this.#options = {
      hardware: ['nm'],
      timeout: 120,
      memory: 1024,
      // Wine dies where these two protections are on: QEMU 7.2 takes a return to user code for an access by the kernel.
      cpu: 'max,smap=off,smep=off',
      environment: process.env,
      onOutput: (text) => process.stdout.write(text),
      onError: (text) => process.stderr.write(text),
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    }
  }

  async run(command) {
    this.#writeJob(command)
    const ended = await this.#boot()
    this.#options.signal?.throwIfAborted()
    const status = this.#read('job/status').trim()
    if (status !== '') return Number(status)
    // 137: it did not end when asked to.
    if (ended === timedOut || ended === 137) {
      this.#options.onError(Buffer.from(`\nlab/qemu: ended after ${this.#options.timeout} s\n`))
      return timedOut
    }
    throw new LabFailed(`the guest ended early (QEMU: ${ended})\n${this.#lastWords()}`)
  }

  /** What guest/init asks for. */
  #writeJob(command) {
    const { clock, environment, hardware, out } = this.#options
    mkdirSync(this.#job)
    const write = (name, ...lines) => writeFileSync(path.join(this.#job, name), `${lines.join('\n')}\n`)
    if (out) mkdirSync(out, { recursive: true })
    write('settings', `BUILT=${quote(this.#built)}`, `OUT=${quote(out ? path.resolve(out) : '')}`)
    write('hardware', ...hardware.map((name) => kinds[name].setup))
    // Names that no shell takes are not for it.
    const variables = Object.entries({
      ...environment,
      BAUD_HARDWARE: hardware.join(),
      BAUD_CLOCK: clock ?? '',
      BAUD_LAB: this.#built,
    })
      .filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
      .map(([name, value]) => `export ${name}=${quote(value)}`)
    write(
      'command',
      ...variables,
      `cd ${quote(process.cwd())} || exit`,
      `exec ${command.map(quote).join(' ')}`,
    )
  }

  async #boot() {
    const { input, onError, onOutput, signal, timeout } = this.#options
    const log = openSync(path.join(this.#folder, 'qemu'), 'w')
    // timeout(1) ends QEMU even when nobody is left to do it here.
    const program = ['--kill-after=3', String(timeout), 'qemu-system-x86_64', ...this.#machine()]
    const stdio = ['ignore', log, log, 'pipe', 'pipe', 'pipe']
    const child = spawn('timeout', program, { stdio, signal })
    child.on('error', () => {}) // 'close' follows.
    child.stdio[3].on('data', onOutput)
    child.stdio[4].on('data', onError)
    child.stdio[5].on('error', () => {}) // QEMU is gone, and nobody reads.
    if (input) input.pipe(child.stdio[5])
    else child.stdio[5].end()
    closeSync(log)
    return new Promise((resolve) => child.on('close', resolve))
  }

  /** QEMU's arguments. One processor: emulated ones wait for each other longer than they help. */
  #machine() {
    const { clock, cpu, hardware, memory, out } = this.#options
    return [
      ['-nodefaults', '-no-user-config', '-no-reboot'],
      ['-display', 'none'],
      ['-machine', 'q35'],
      ['-accel', 'tcg'],
      // 2 ns an instruction; while the guest waits, its clock runs ahead.
      ...(clock === 'instructions' ? [['-icount', 'shift=1,sleep=off']] : []),
      ['-cpu', cpu],
      ['-m', String(memory)],
      ['-kernel', path.join(this.#built, 'vmlinux')],
      ['-initrd', path.join(this.#built, 'initramfs.gz')],
      ['-append', kernelOptions.join(' ')],
      ['-chardev', `file,id=console,path=${this.#folder}/console`],
      ['-serial', 'chardev:console'],
      ...share('host', '/', ',readonly=on,multidevs=remap'),
      ...share('job', this.#job),
      ...(out ? share('out', path.resolve(out)) : []),
      ['-device', 'virtio-serial-pci'],
      ...channel('out', 3),
      ...channel('err', 4),
      ...channel('in', 5),
      ...hardware.flatMap((name) => kinds[name].devices(this.#folder)),
    ].flat()
  }

  #read(name) {
    const file = path.join(this.#folder, name)
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }

  #lastWords() {
    const lines = `${this.#read('qemu')}\n${this.#read('console')}`.split('\n')
    return lines.slice(-30).join('\n').trim()
  }
}

/** A folder for the guest, by this name. QEMU wants a comma in a path to be doubled. */
const share = (name, folder, more = '') => [
  ['-fsdev', `local,id=${name},path=${folder.replaceAll(',', ',,')},security_model=none${more}`],
  ['-device', `virtio-9p-pci,fsdev=${name},mount_tag=${name}`],
]

/** A channel between a port of the guest's and this descriptor. */
const channel = (name, fd) => [
  ['-chardev', `socket,id=${name},fd=${fd}`],
  ['-device', `virtserialport,chardev=${name},name=${name}`],
]

const kernelOptions = [
  'console=ttyS0 loglevel=4 rdinit=/init',
  // A panic ends the guest, as a restart does.
  'panic=-1',
  // Emulation is slow enough, and its timer late at times.
  'mitigations=off no_timer_check tsc=reliable random.trust_cpu=on',
  // Debian sets aside four; QEMU's PCI cards come on top.
  '8250.nr_uarts=8',
]
