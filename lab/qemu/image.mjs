// What a guest boots, made from Debian's kernel: the kernel itself, a root file system with what it takes to mount
// the real one, the drivers that the lab uses, nmuart, and udev.
import { chmodSync, cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { run, Unavailable } from '../lib/install.mjs'

/** What is kept of the kernel's modules: folders, or single files. */
const drivers = [
  'drivers/char/virtio_console.ko',
  'drivers/usb/class/cdc-acm.ko',
  'drivers/usb/common',
  'drivers/usb/core',
  'drivers/usb/serial',
  'drivers/usb/usbip',
  'drivers/virtio',
  'fs/9p',
  'fs/fscache',
  'fs/netfs',
  'fs/overlayfs',
  'net/9p',
]

/** What is kept of udev's packages. */
const udevFiles = ['bin/udevadm', 'lib/systemd/systemd-udevd', 'lib/udev/rules.d', 'usr/lib/x86_64-linux-gnu']

/** What the guest needs before it has the host's file system. */
const early = ['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'virtio_console']

/**
 * Makes all of it in this folder: vmlinux, initramfs.gz, nmuart.ko, lib/modules, udev.
 *
 * @param {string} folder empty
 * @param {string[]} packages the files of Debian's packages: the kernel's image and headers, udev's
 */
export function buildImage(folder, packages) {
  const unpacked = path.join(folder, 'unpacked')
  for (const file of packages) run('dpkg-deb', ['-x', file, unpacked])
  const [version] = readdirSync(path.join(unpacked, 'lib/modules'))
  const image = readFileSync(path.join(unpacked, 'boot', `vmlinuz-${version}`))
  writeFileSync(path.join(folder, 'vmlinux'), uncompressed(image))
  const modules = path.join('lib/modules', version)
  keepModules(path.join(unpacked, modules), path.join(folder, modules))
  index(folder, version)
  buildNmuart(unpacked, version, path.join(folder, 'nmuart.ko'))
  buildInitramfs(folder, version)
  for (const name of udevFiles) {
    cpSync(path.join(unpacked, name), path.join(folder, 'udev', name), {
      recursive: true,
      verbatimSymlinks: true,
    })
  }
  rmSync(unpacked, { recursive: true })
}

/**
 * The ELF file within a bzImage: the guest would need seconds to unpack it by itself.
 * Source: Linux, Documentation/x86/boot.rst: setup_sects, payload_offset, payload_length.
 */
function uncompressed(image) {
  const start = ((image[0x1f1] || 4) + 1) * 512 + image.readUInt32LE(0x248)
  const input = image.subarray(start, start + image.readUInt32LE(0x24c))
  // Behind the stream stands its length.
  return run('xz', ['--decompress', '--stdout', '--single-stream'], { input, encoding: 'buffer' })
}

function keepModules(from, to) {
  for (const name of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order']) {
    cpSync(path.join(from, name), path.join(to, name))
  }
  for (const name of drivers) {
    cpSync(path.join(from, 'kernel', name), path.join(to, 'kernel', name), { recursive: true })
  }
}

/** What modprobe looks dependencies up in. */
function index(folder, version) {
  run('busybox', ['depmod', '-b', folder, version])
}

function buildNmuart(unpacked, version, result) {
  const sources = path.join(unpacked, 'nmuart')
  cpSync(path.join(import.meta.dirname, 'nmuart'), sources, { recursive: true })
  const headers = path.join(unpacked, 'usr/src', `linux-headers-${version}`)
  // It includes another one by its absolute path, where the package would have been installed.
  const makefile = path.join(headers, 'Makefile')
  writeFileSync(makefile, readFileSync(makefile, 'utf8').replace(' /usr/', ` ${unpacked}/usr/`))
  run('make', ['--silent', '-C', headers, `M=${sources}`, 'modules'])
  run('strip', ['--strip-debug', '-o', result, path.join(sources, 'nmuart.ko')])
}

function buildInitramfs(folder, version) {
  const files = path.join(folder, 'unpacked/initramfs')
  const modules = path.join('lib/modules', version)
  for (const name of withDependencies(path.join(folder, modules, 'modules.dep'), early)) {
    cpSync(path.join(folder, modules, name), path.join(files, modules, name))
  }
  index(files, version)
  cpSync('/bin/busybox', path.join(files, 'bin/busybox'))
  cpSync(path.join(import.meta.dirname, 'guest/init'), path.join(files, 'init'))
  chmodSync(path.join(files, 'init'), 0o755)
  const names = Buffer.from(run('find', ['.'], { cwd: files }))
  const options = { cwd: files, input: names, encoding: 'buffer' }
  const archive = run('cpio', ['--create', '--format=newc', '--quiet', '--owner=+0:+0'], options)
  writeFileSync(path.join(folder, 'initramfs.gz'), gzipSync(archive, { level: 1 }))
}

/** The files of these modules and of those they need. A line of the index: a file, a colon, what it needs. */
function withDependencies(indexFile, names) {
  const lines = readFileSync(indexFile, 'utf8').split('\n')
  const found = names.flatMap((name) => {
    const line = lines.find((text) => text.split(':')[0].endsWith(`/${name}.ko`))
    if (!line) throw new Unavailable(`Debian's kernel has no module ${name}`)
    return line.replace(':', '').trim().split(' ')
  })
  return new Set(found)
}
