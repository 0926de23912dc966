import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseHex, unescape } from '../../src/cli/bytes.ts'
import { sparkline } from '../../src/cli/demo/chart.ts'
import { UsageError } from '../../src/cli/exit.ts'
import { keyName, parseKey } from '../../src/cli/keys.ts'
import { matcher, portTable } from '../../src/cli/ports.ts'
import { bar } from '../../src/cli/progress.ts'
import { count, size } from '../../src/cli/style.ts'
import { cut, table } from '../../src/cli/table.ts'
import { visible } from '../../src/cli/visible.ts'
import type { PortInfo } from '../../src/index.ts'

const bytes = (...values: number[]) => Buffer.from(values)

describe('bytes on the command line', () => {
  it('reads hex in the ways in which people write it', () => {
    for (const text of ['01 03 0a ff', '01030aFF', '0x01,0x03,0xA,0xff', '1:3:a:ff', ' 01  03\t0A ff ']) {
      assert.deepEqual(parseHex(text), bytes(1, 3, 10, 255), text)
    }
    assert.deepEqual(parseHex(''), bytes())
  })

  it('refuses what is no hex, naming the part', () => {
    for (const [text, part] of [
      ['01 zz', 'zz'],
      ['0103a', '0103a'],
      ['0x', ''],
      ['-1', '-1'],
    ] as const) {
      assert.throws(
        () => parseHex(text),
        (error) => error instanceof UsageError && error.message.includes(`"${part}"`),
        text,
      )
    }
  })

  it('reads escapes', () => {
    assert.deepEqual(unescape('a\\r\\n\\t\\0\\e\\\\n'), Buffer.from('a\r\n\t\0\x1b\\n'))
    assert.deepEqual(unescape('\\x41\\xFF\\xe9é'), bytes(0x41, 0xff, 0xe9, 0xc3, 0xa9))
    assert.deepEqual(unescape('no escape'), Buffer.from('no escape'))
  })

  it('refuses escapes that it does not know', () => {
    for (const text of ['\\q', 'end\\', '\\x4', '\\xgg'])
      assert.throws(() => unescape(text), UsageError, text)
  })
})

describe('keys', () => {
  it('has names for control keys, and reads them back', () => {
    for (let code = 0; code < 0x20; code++) assert.equal(parseKey(keyName(code)), code)
    assert.equal(parseKey(keyName(0x7f)), 0x7f)
    assert.equal(keyName(0x1d), 'Ctrl-]')
  })

  it('reads the ways in which people write them', () => {
    for (const text of ['ctrl-]', 'Ctrl+]', '^]', '29', '0x1d']) assert.equal(parseKey(text), 0x1d, text)
    assert.equal(parseKey('^t'), 0x14)
  })

  it('refuses other keys', () => {
    for (const text of ['', 'a', 'ctrl-', 'ctrl-aa', '32', '1.5', 'F1'])
      assert.throws(() => parseKey(text), UsageError, text)
  })
})

describe('text from a device', () => {
  it('is shown without its control characters, except those that lay lines out', () => {
    assert.equal(visible('a\x1b[31mb\x07\x00\x7f\r\n\t\b'), 'a␛[31mb␇␀␡\r\n\t\b')
    assert.equal(visible('\u009b2J'), '<9B>2J')
  })

  it('can not hide or turn round what follows', () => {
    assert.equal(visible('\u202eabc\u2066\u200b\u2028\ufeff'), '<202E>abc<2066><200B><2028><FEFF>')
    assert.equal(visible('é 漢 😀'), 'é 漢 😀')
  })

  it('has no line ends where there is to be one line', () => {
    assert.equal(visible('a\r\n\tb', 'strict'), 'a␍␊␉b')
  })
})

describe('what is drawn', () => {
  it('lays out a table, without the columns that are empty, cut to the width', () => {
    const rows = [
      ['/dev/ttyUSB0', '', 'ftdi'],
      ['COM3', '', ''],
    ]
    assert.deepEqual(table(['PORT', 'NONE', 'DRIVER'], rows), [
      'PORT          DRIVER',
      '/dev/ttyUSB0  ftdi',
      'COM3',
    ])
    assert.deepEqual(table(['PORT', 'NONE', 'DRIVER'], rows, 15), [
      'PORT          …',
      '/dev/ttyUSB0  …',
      'COM3',
    ])
    assert.equal(cut('abcdef', 6), 'abcdef')
  })

  it('draws bars to an eighth of a cell', () => {
    assert.equal(bar(0, 4), '    ')
    assert.equal(bar(0.5, 4), '██  ')
    assert.equal(bar(1, 4), '████')
    assert.equal(bar(1 / 32, 4), '▏   ')
    assert.equal(bar(13 / 32, 4), '█▋  ')
    assert.equal(bar(7, 4), '████')
  })

  it('draws a line of values', () => {
    assert.equal(sparkline([0, 1.5, 2.99, -1, 9], 0, 3), '▁▅█▁█')
  })

  it('says sizes', () => {
    assert.deepEqual([0, 999, 1000, 1_234_567].map(size), ['0 B', '999 B', '1.0 kB', '1.2 MB'])
    assert.deepEqual(
      [0, 1, 1234].map((value) => count(value)),
      ['0 bytes', '1 byte', '1,234 bytes'],
    )
  })
})

describe('the table of ports', () => {
  const ports: PortInfo[] = [
    {
      path: '/dev/ttyUSB0',
      kind: 'usb',
      driver: 'ftdi_sio',
      vendorId: '0403',
      productId: '6001',
      serialNumber: 'A\x1b[2J\n',
      manufacturer: 'FTDI',
      product: 'FT232R',
      location: '1-1.4',
    },
    { path: '/dev/ttyS10', kind: 'platform', manufacturer: 'Acme', product: 'Acme 9000' },
  ]

  it('tells what is known, safe to look at', () => {
    assert.deepEqual(portTable(ports, false), [
      'PORT          KIND      DRIVER    USB ID     SERIAL  PRODUCT',
      '/dev/ttyUSB0  usb       ftdi_sio  0403:6001  A␛[2J␊  FT232R (FTDI)',
      '/dev/ttyS10   platform                               Acme 9000',
    ])
    assert.match(portTable(ports, true)[1] ?? '', / {2}1-1\.4$/)
  })

  it('is searched in all properties', () => {
    const found = (pattern: string) => ports.filter(matcher(pattern)).map(({ path }) => path)
    assert.deepEqual(found('ACME'), ['/dev/ttyS10'])
    assert.deepEqual(found('0403:6001'), ['/dev/ttyUSB0'])
    assert.deepEqual(found('^/dev/tty(S|USB)'), ['/dev/ttyUSB0', '/dev/ttyS10'])
    assert.deepEqual(found('nothing'), [])
  })
})
