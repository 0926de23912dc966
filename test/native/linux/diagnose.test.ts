import assert from 'node:assert/strict'
import { chmodSync, closeSync, openSync } from 'node:fs'
import { suite, test } from 'node:test'
import { diagnose, findings } from '../../../src/native/linux/diagnose.ts'
import { platform } from '../../../src/native/linux/index.ts'
import { Pseudo } from '../../support/pseudo.ts'
import { ftdi, linuxOnly, Tree } from './tree.ts'

/** Somebody whom the mode of /dev/null, 666, lets in. */
const ada = { user: 1000, name: 'ada', groups: [1000] }

const at = (tree: Tree, name: string) => findings(`${tree.places.dev}/${name}`, tree.places, ada)
const topics = (tree: Tree, name: string) => at(tree, name).map(({ level, topic }) => `${level} ${topic}`)

/** The one finding on a topic. */
function about(tree: Tree, topic: string, name = 'ttyUSB0') {
  const found = at(tree, name).filter((finding) => finding.topic === topic)
  assert.equal(found.length, 1, `${found.length} findings on ${topic}`)
  return found[0] ?? assert.fail()
}

/** A tree with an adapter whose port is /dev/null in truth. */
function adapter(files = ftdi): Tree {
  const tree = new Tree()
  tree.usbAdapter('ttyUSB0', '1:3', files)
  return tree
}

const allWell = ['ok existence', 'ok kind', 'ok hardware', 'ok permission', 'ok holders']

suite('what diagnose says of a port on Linux', { skip: linuxOnly }, () => {
  test('all is well: what it is, and nothing more', () => {
    using tree = adapter()
    assert.deepEqual(topics(tree, 'ttyUSB0'), allWell)
    assert.match(
      about(tree, 'hardware').message,
      /FT232R USB UART by FTDI, 0403:6001.*A5028QWE, at 1-1\.4, driver ftdi_sio/,
    )
  })

  test('by its link in by-id, and under another name, it is the same port', () => {
    using tree = adapter()
    tree.link('dev/serial/by-id/usb-FTDI', '../../ttyUSB0')
    tree.node('gps')
    for (const name of ['serial/by-id/usb-FTDI', 'gps'])
      assert.match(about(tree, 'hardware', name).message, /FTDI/)
  })

  test('nothing there: the ports with a similar name, or else all of them', () => {
    using tree = adapter()
    tree.tty('rfcomm0', '216:0')
    assert.deepEqual(topics(tree, 'ttyUSB3'), ['problem existence'])
    assert.match(about(tree, 'existence', 'ttyUSB3').advice ?? '', /similar ports: \S+\/ttyUSB0$/)
    assert.match(about(tree, 'existence', 'TTYusb').advice ?? '', /similar ports: \S+\/ttyUSB0$/)
    assert.match(
      about(tree, 'existence', 'cu.serial').advice ?? '',
      /the ports there are: \S+\/rfcomm0, \S+\/ttyUSB0$/,
    )
  })

  test('no port at all', () => {
    using tree = new Tree()
    assert.match(about(tree, 'existence').advice ?? '', /no serial port at all/)
  })

  test('a link to an adapter that was pulled out', () => {
    using tree = adapter()
    tree.link('dev/serial/by-id/usb-Other', '../../ttyUSB9')
    assert.match(
      about(tree, 'existence', 'serial/by-id/usb-Other').message,
      /link to something that is not there/,
    )
  })

  test('a container that was not given the port', () => {
    using tree = adapter()
    tree.remove('dev/ttyUSB0')
    assert.deepEqual(topics(tree, 'ttyUSB0'), ['problem existence', 'problem container'])
    assert.match(about(tree, 'container').advice ?? '', /--device=.*\/dev\/ttyUSB0/)
  })

  test('files and folders', () => {
    using tree = new Tree()
    tree.file('dev/notes.txt', 'x')
    assert.match(about(tree, 'kind', 'notes.txt').message, /not a character device/)
    assert.match(about(tree, 'kind', '.').message, /folder/)
  })

  test('devices that are no terminals, and terminals that are no ports', () => {
    using tree = adapter()
    tree.file('proc/tty/drivers', 'unknown /dev/tty 1 1-63 console\n')
    assert.match(about(tree, 'kind').message, /"console"/)
    tree.file('proc/tty/drivers', 'serial /dev/ttyS 4 64-111 serial\n')
    assert.deepEqual(topics(tree, 'ttyUSB0'), ['ok existence', 'problem kind'])
  })

  test('a ttyS without a UART', () => {
    using tree = new Tree()
    tree.device('platform/serial8250', { subsystem: 'platform', driver: 'serial8250' })
    tree.tty('ttyS2', '1:3', 'platform/serial8250', { type: '0' })
    assert.equal(about(tree, 'hardware', 'ttyS2').level, 'problem')
  })

  test('no permission: which group to join', () => {
    using tree = new Tree()
    using pseudo = new Pseudo()
    chmodSync(pseudo.path, 0o620)
    const found = findings(pseudo.path, { ...tree.places, proc: '/proc' }, ada)
    const permission = found.find(({ topic }) => topic === 'permission')
    assert.equal(permission?.level, 'problem')
    assert.match(permission?.message ?? '', /may not open it \(group \S+, mode 620\)/)
    assert.ok(permission?.advice)
  })

  test('who has it open', () => {
    using tree = adapter()
    tree.process(812, 'minicom', ['minicom'], ['/dev/zero', '/dev/null'])
    tree.process(813, 'bash', ['bash'], ['/dev/zero'])
    const finding = about(tree, 'holders')
    assert.equal(finding.level, 'warning')
    assert.match(finding.message, /^minicom \(812\) has it open/)
  })

  test('ModemManager matters to USB ports alone', () => {
    using tree = adapter()
    tree.process(700, 'ModemManager')
    assert.match(
      about(tree, 'modem-manager').advice ?? '',
      /idVendor}=="0403".*idProduct}=="6001".*ID_MM_DEVICE_IGNORE/,
    )

    using board = new Tree()
    board.process(700, 'ModemManager')
    board.device('platform/uart', { subsystem: 'platform', driver: 'serial' })
    board.tty('ttyS0', '1:3', 'platform/uart', { type: '4' })
    assert.deepEqual(topics(board, 'ttyS0'), allWell)
  })

  test('ModemManager that was told to leave the device alone does not matter', () => {
    for (const number of ['189:7', '1:3']) {
      using tree = adapter()
      tree.process(700, 'ModemManager')
      tree.file(`udev/c${number}`, 'I:1\nE:ID_MM_CANDIDATE=1\n')
      about(tree, 'modem-manager')
      tree.file(`udev/c${number}`, 'I:1\nE:ID_MM_DEVICE_IGNORE=1\nG:systemd\n')
      assert.deepEqual(topics(tree, 'ttyUSB0'), allWell)
    }
  })

  test('brltty matters to the adapters it takes, also when it already has', () => {
    using tree = adapter({ idVendor: '1a86', idProduct: '7523' })
    assert.deepEqual(topics(tree, 'ttyUSB0'), allWell)
    tree.process(600, 'brltty')
    assert.equal(about(tree, 'brltty').level, 'warning')

    tree.link(
      'sys/bus/usb/devices/1-1.4',
      `${tree.places.sys}/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.4`,
    )
    assert.deepEqual(topics(tree, 'ttyUSB1'), ['problem existence', 'problem brltty'])

    using other = adapter()
    other.process(600, 'brltty')
    assert.deepEqual(topics(other, 'ttyUSB0'), allWell)
  })

  test('the kernel’s console, by both of the places that tell', () => {
    for (const [file, text] of [
      ['proc/consoles', 'tty0  -WU (EC p  ) 4:7\nttyUSB0  -W- (E  p a)  188:0\n'],
      ['sys/class/tty/console/active', 'tty0 ttyUSB0\n'],
    ] as const) {
      using tree = adapter()
      tree.file(file, text)
      assert.match(about(tree, 'console').advice ?? '', /console=ttyUSB0/)
      tree.file(file, text.replaceAll('ttyUSB0', 'ttyUSB01'))
      assert.deepEqual(topics(tree, 'ttyUSB0'), allWell)
    }
  })

  test('a login prompt', () => {
    using tree = adapter()
    tree.process(501, 'agetty', ['/sbin/agetty', '-o', '-p -- \\u', '--noclear', 'tty1', 'linux'])
    assert.deepEqual(topics(tree, 'ttyUSB0'), allWell)
    tree.process(502, 'agetty', ['/sbin/agetty', '--keep-baud', '115200,9600', '/dev/ttyUSB0', 'vt220'])
    const finding = about(tree, 'login-prompt')
    assert.match(finding.message, /agetty \(502\)/)
    assert.match(finding.advice ?? '', /serial-getty@ttyUSB0\.service/)
  })

  test('lock files, in force and left behind', () => {
    using tree = adapter()
    tree.file('lock/LCK..ttyUSB0', '       812 minicom root\n')
    assert.match(about(tree, 'lock-file').message, /\(812\) is gone/)
    tree.process(812, 'minicom')
    assert.match(about(tree, 'lock-file').message, /^minicom \(812\) claims the port/)
    tree.file('lock/LCK..ttyUSB1', '       812\n')
    tree.remove('lock/LCK..ttyUSB0')
    assert.deepEqual(topics(tree, 'ttyUSB0'), allWell)
  })

  test('the order: what it is, whether one may, who has it, what interferes', () => {
    using tree = adapter()
    tree.process(700, 'ModemManager')
    tree.process(812, 'minicom', ['minicom'], ['/dev/null'])
    tree.file('lock/LCK..ttyUSB0', '812')
    tree.file('proc/consoles', 'ttyUSB0 -W-\n')
    const order = [
      'existence',
      'kind',
      'hardware',
      'permission',
      'holders',
      'console',
      'lock-file',
      'modem-manager',
    ]
    assert.deepEqual(
      at(tree, 'ttyUSB0').map(({ topic }) => topic),
      order,
    )
  })

  test('a tree with nothing in it raises no error', () => {
    using tree = new Tree()
    tree.remove('proc')
    tree.node('ttyX0')
    assert.ok(topics(tree, 'ttyX0').includes('ok kind'))
    assert.deepEqual(
      findings('', tree.places).map(({ topic }) => topic),
      ['existence'],
    )
    assert.deepEqual(
      findings('a\0b', tree.places).map(({ topic }) => topic),
      ['existence'],
    )
  })

  test('on this machine: a pseudo-terminal that this process has open', async () => {
    using pseudo = new Pseudo()
    const fd = openSync(pseudo.path, 'r+')
    const found = await diagnose(pseudo.path)
    closeSync(fd)
    assert.match(found.find(({ topic }) => topic === 'kind')?.message ?? '', /pseudo-terminal/)
    assert.match(found.find(({ topic }) => topic === 'holders')?.message ?? '', /this process/)
  })

  test('on this machine: what is listed exists', async () => {
    for (const { path } of await platform.list()) {
      assert.equal((await platform.diagnose(path))[0]?.level, 'ok', path)
    }
  })
})
