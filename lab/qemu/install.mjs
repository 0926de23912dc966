// What the hardware lab needs, installed and built where it is missing. All but QEMU and the compiler goes into
// .cache/qemu/.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import path from 'node:path'
import { installPrograms, root, run, Unavailable } from '../lib/install.mjs'
import { buildImage } from './image.mjs'

const cache = path.join(root, '.cache/qemu')

/** Programs, and Debian's packages that have them. */
const programs = ['qemu-system-x86_64', 'busybox', 'cpio', 'xz', 'make', 'gcc-12', 'strip']
const packages = ['qemu-system-x86', 'busybox-static', 'cpio', 'xz-utils', 'make', 'gcc-12', 'binutils']

/** The guest's: this machine needs none, and may have one. */
const udevPackages = ['udev', 'libkmod2']

/** What is built depends on these, and on the kernel. */
const sources = ['image.mjs', 'guest/init', 'nmuart/Kbuild', 'nmuart/nmuart.c']

/**
 * Installs and builds what is missing, and returns the folder of what was built (see image.mjs). Throws Unavailable,
 * with the reason, where that can't be done.
 */
export function installLab() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    const here = `${process.platform} ${process.arch}`
    throw new Unavailable(
      `the hardware lab runs on Linux x64, not on ${here}: its guest runs this machine's programs`,
    )
  }
  installPrograms(programs, packages)
  mkdirSync(cache, { recursive: true })
  const files = [
    ...downloaded('packages', kernelPackages),
    ...downloaded('udev-packages', () => udevPackages),
  ]
  const built = path.join(cache, `built-${fingerprint(files)}`)
  if (existsSync(built)) return built
  const old = readdirSync(cache).filter((name) => name.startsWith('built-'))
  whole(built, (folder) => buildImage(folder, files))
  for (const name of old) rmSync(path.join(cache, name), { recursive: true, force: true })
  return built
}

function fingerprint(files) {
  const hash = createHash('sha256').update(files.map((file) => path.basename(file)).join())
  for (const name of sources) hash.update(readFileSync(path.join(import.meta.dirname, name)))
  return hash.digest('hex').slice(0, 16)
}

/** Debian's packages in a folder of the cache: the newest there were when they were first needed. */
function downloaded(name, packagesOf) {
  const folder = path.join(cache, name)
  if (!existsSync(folder)) whole(folder, (temporary) => download(temporary, packagesOf()))
  return readdirSync(folder).map((file) => path.join(folder, file))
}

function download(folder, names) {
  // As root, apt would download as a user who may not write here.
  run('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', ...names], { cwd: folder })
}

/** Those of one kernel. */
function kernelPackages() {
  const kernel = newestKernel() ?? (run('apt-get', ['-q', 'update']), newestKernel())
  return [
    `linux-image-${kernel}`,
    `linux-headers-${kernel}`,
    `linux-headers-${kernel.replace(/-amd64$/, '-common')}`,
    'linux-kbuild-6.1',
  ]
}

/** Such as 6.1.0-50-amd64; undefined where apt has no list of packages yet. */
function newestKernel() {
  const { stdout } = spawnSync('apt-cache', ['depends', 'linux-image-amd64'], { encoding: 'utf8' })
  const [, version] = /Depends: linux-image-(\S+-amd64)/.exec(stdout ?? '') ?? []
  // What drivers are written for changes with each release.
  if (version && !version.startsWith('6.1.')) {
    throw new Unavailable(`the hardware lab is made for the kernel of Debian 12, 6.1, and not for ${version}`)
  }
  return version
}

/** Makes a folder that is there when it is complete, also when two make it at a time. */
function whole(folder, make) {
  const temporary = mkdtempSync(path.join(cache, 'new-'))
  try {
    make(temporary)
    // Not for us alone, as mkdtemp has it.
    chmodSync(temporary, 0o755)
    if (!existsSync(folder)) renameSync(temporary, folder)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}
