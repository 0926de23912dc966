import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync as openFile,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open, openSync } from '../../src/index.ts'
import { rejectsWith, throwsWith } from '../conformance/expect.ts'
import { ByteStream } from '../support/byte-stream.ts'
import { Child } from '../support/child.ts'
import { Pseudo } from '../support/pseudo.ts'
import { givesAllBack } from '../support/resources.ts'
import { TcpServer } from '../support/tcp.ts'
import { eventually, timed, within } from '../support/wait.ts'

const limit = { timeout: 30_000 }
const folder = mkdtempSync(path.join(tmpdir(), 'baud-spy-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
const newFile = () => path.join(folder, `log-${++files}`)

/** The lines of a log, with the times left out. */
function linesOf(file: string): string[] {
  return readFileSync(file, 'latin1')
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      assert.match(line, /^\d{6}\.\d{3} /)
      return line.slice(11)
    })
}

const row = (label: string, hex: string, text: string) => `${label.padEnd(4)} 0000  ${hex.padEnd(49)} ${text}`

describe('spy://', limit, () => {
  it('writes down what passes: bytes, lines, queues, settings', async () => {
    const file = newFile()
    const port = await open(`spy://loop://?file=${file}`, { baudRate: 19_200 })
    assert.equal(port.path, `spy://loop://?file=${file}`)
    assert.equal(port.settings.baudRate, 19_200)
    await port.write('hi\n')
    assert.equal(await port.readLine(), 'hi')
    await port.setSignals({ dtr: false, rts: true })
    assert.equal((await port.getSignals()).dsr, false)
    await port.drain()
    await port.purge()
    await port.reconfigure({ baudRate: 9600, parity: 'even' })
    await port.sendBreak(1)
    await port.close()
    assert.deepEqual(linesOf(file), [
      row('TX', '68 69 0A', 'hi.'),
      row('RX', '68 69 0A', 'hi.'),
      'DTR  inactive',
      'RTS  active',
      'CTS  active',
      'DSR  inactive',
      'RI   inactive',
      'CD   active',
      'Q-TX flush',
      'Q-RX reset_input_buffer',
      'Q-TX reset_output_buffer',
      'SET  baudRate 9600',
      'SET  parity even',
      'BRK  active',
      ...linesOf(file).filter((line) => line.startsWith('RX   0000  00')),
      'BRK  inactive',
    ])
  })

  it('tells of changes on lines, line errors, writes cut off and failures', async () => {
    const file = newFile()
    const port = await open(`spy://loop://?file=${file}`, { lineErrors: 'report', flowControl: 'hardware' })
    const changes: unknown[] = []
    port.on('signals', (signals) => changes.push(signals))
    await port.getSignals()
    await port.setSignals({ rts: false })
    await eventually('the change', () => changes.length === 1)
    await rejectsWith('TIMEOUT', port.write(Buffer.alloc(5000), { timeout: 20 }))
    await port.setSignals({ break: true })
    await sleep(20)
    await port.close()
    const lines = linesOf(file).filter((line) => !line.startsWith('TX '))
    assert.deepEqual(lines, [
      'CTS  active',
      'DSR  active',
      'RI   inactive',
      'CD   active',
      'RTS  inactive',
      'CTS  inactive',
      'Q-TX cancel_write',
      'Q-TX only 4096 of 5000 bytes were taken',
      'BRK  active',
      'ERR  break at byte 0',
    ])
  })

  it('tells of the end of the device', async () => {
    const file = newFile()
    await using server = await TcpServer.listen()
    const port = await open(`spy://${server.url}?file=${file}&timeout=3`)
    const peer = await server.accepted()
    peer.end('bye')
    assert.equal((await port.closed)?.code, 'DISCONNECTED')
    await rejectsWith('DISCONNECTED', port.getSignals())
    const lines = linesOf(file)
    assert.equal(lines[0], row('RX', '62 79 65', 'bye'))
    assert.match(lines[1] ?? '', /^END  socket:.*timeout=3: the other end has closed/)
  })

  it('writes down what can not be done', async () => {
    const file = newFile()
    await using server = await TcpServer.listen()
    const port = await open(`spy://${server.url}?file=${file}`)
    await rejectsWith('UNSUPPORTED', port.setSignals({ dtr: true }))
    await port.close()
    const lines = linesOf(file)
    assert.equal(lines[0], 'DTR  active')
    assert.match(lines[1] ?? '', /^ERR  .*no control lines/)
  })

  it('writes a log of a port that does not open', async () => {
    const file = newFile()
    await rejectsWith('PORT_NOT_FOUND', open(`spy:///dev/there-is-none?file=${file}`))
    assert.match(linesOf(file).join(), /^END  \/dev\/there-is-none: there is no such device/)
    throwsWith('PORT_NOT_FOUND', () => openSync(`spy:///dev/there-is-none?file=${file}`))
    assert.match(linesOf(file).join(), /^END  \/dev\/there-is-none: there is no such device/)
  })

  it('with raw writes the bytes alone, with color in colours', async () => {
    const [raw, color] = [newFile(), newFile()]
    for (const url of [`spy://loop://?raw&file=${raw}`, `spy://loop://?color=1&file=${color}`]) {
      await using port = await open(url)
      await port.write(Uint8Array.of(1, 255))
      await port.readExactly(2)
      await port.setSignals({ dtr: false })
    }
    assert.deepEqual([...readFileSync(raw)], [1, 255, 1, 255])
    const lines = readFileSync(color, 'latin1').split('\x1b[0m')
    const begins = lines.map((line) => `${line.slice(0, 5)}${line.slice(16, 19)}`)
    assert.deepEqual(begins, ['\x1b[31mTX ', '\x1b[32mRX ', '\x1b[37mDTR', ''])
  })

  it('with all writes down questions, pauses and empty reads too', async () => {
    const file = newFile()
    const port = await open(`spy://loop://?all&file=${file}`, { receiveBufferSize: 64 })
    await port.write('x'.repeat(100))
    await eventually('it is paused', () => port.bytesToRead >= 64)
    assert.equal(port.bytesToWrite, 0)
    await port.readExactly(100)
    await port.close()
    const lines = linesOf(file)
    for (const line of ['Q-RX pause', 'Q-RX in_waiting -> 36', 'Q-TX out_waiting -> 0', 'Q-RX resume']) {
      assert.ok(lines.includes(line), `${line} in ${lines.join('; ')}`)
    }

    const blocking = openSync(`spy://loop://?all&file=${file}`)
    blocking.read({ timeout: 0 })
    blocking.close()
    assert.deepEqual(linesOf(file), ['RX   <empty>'])
  })

  it('around a blocking port writes down the same', () => {
    const file = newFile()
    using far = new Pseudo()
    const port = openSync(`spy://${far.path}?file=${file}`)
    far.send('abc')
    port.readExactly(3, { timeout: 1000 })
    port.write('de')
    port.drain({ timeout: 1000 })
    port.purge('input')
    throwsWith('UNSUPPORTED', () => port.getSignals())
    port.reconfigure({ baudRate: 1200 })
    port.close()
    const lines = linesOf(file)
    assert.deepEqual(lines.slice(0, 4), [
      row('RX', '61 62 63', 'abc'),
      row('TX', '64 65', 'de'),
      'Q-TX flush',
      'Q-RX reset_input_buffer',
    ])
    assert.match(lines[4] ?? '', /^ERR  /)
    assert.equal(lines[5], 'SET  baudRate 1200')
  })

  it('goes around a path, around itself, and takes its own parameters from those of a URL', async () => {
    using far = new Pseudo()
    const [inner, outer] = [newFile(), newFile()]
    // The file's name as people must write it who have a blank, a plus or an ampersand in it.
    const strange = path.join(folder, 'a b+c&d%')
    const encoded = `${folder}/a+b%2Bc%26d%25`
    for (const url of [
      `spy://${far.path}?file=${inner}`,
      `SPY://alt://${far.path}?class=VTIMESerial&file=${outer}`,
      `spy://${far.path}?file=${encoded}`,
    ]) {
      await using port = await open(url)
      await port.write('x')
    }
    for (const file of [inner, outer, strange]) assert.deepEqual(linesOf(file), [row('TX', '78', 'x')])
  })

  it('says which file can not be written, and does not touch the port', async () => {
    const url = 'spy:///dev/there-is-none?file=/no/such/folder/log'
    const error = await rejectsWith('IO', open(url))
    assert.deepEqual([error.errnoName, error.syscall, error.path], ['ENOENT', 'open', url])
    assert.match(error.message, /the log \/no\/such\/folder\/log can not be written/)
    assert.equal(throwsWith('IO', () => openSync(url)).message, error.message)
  })

  it('gives everything back', async () => {
    const file = newFile()
    await givesAllBack(async () => {
      for (let round = 0; round < 100; round++) {
        const port = await open(`spy://loop://?file=${file}`)
        await port.write('x')
        await port.close()
        openSync(`spy://loop://?file=${file}`).close()
        await rejectsWith('PORT_NOT_FOUND', open(`spy:///dev/there-is-none?file=${file}`))
      }
    })
  })
})

describe('the log of spy://', limit, () => {
  it('is complete after close(), however much there was', async () => {
    const file = newFile()
    const port = await open(`spy://loop://?raw&file=${file}`)
    const stream = new ByteStream(1)
    for (let count = 0; count < 100; count++) {
      await port.write(stream.take(2000))
      await port.readExactly(2000)
    }
    await port.close()
    assert.equal(readFileSync(file).length, 400_000)
  })

  it('that nobody takes holds up neither the port nor the memory, and says what it has left out', async () => {
    const fifo = newFile()
    execFileSync('mkfifo', [fifo])
    // A reader that does not read; the pipe itself holds 64 KiB.
    const reader = openFile(fifo, constants.O_RDWR | constants.O_NONBLOCK)
    const warnings: Error[] = []
    const listener = (warning: Error) => warnings.push(warning)
    process.on('warning', listener)
    const port = await open(`spy://loop://?file=${fifo}`)
    const [sent, expected] = [new ByteStream(2), new ByteStream(2)]
    const before = process.memoryUsage().rss
    while (sent.position < 20_000_000) {
      await port.write(sent.take(4000), { timeout: 5000 })
      expected.expect(await port.readExactly(4000, { timeout: 5000 }), 'beside a stuck log')
    }
    assert.ok(process.memoryUsage().rss - before < 100_000_000)
    assert.match(warnings.map(String).join(), /SpyWarning: spy:.*does not keep up/)
    assert.equal(warnings.length, 1)
    process.off('warning', listener)

    const text: Buffer[] = []
    const piece = Buffer.alloc(65_536)
    const drain = setInterval(() => {
      try {
        for (let count = 1; count > 0;) {
          count = readSync(reader, piece)
          text.push(Buffer.from(piece.subarray(0, count)))
        }
      } catch {
        // Nothing there just now.
      }
    }, 1)
    await port.close()
    await sleep(50)
    clearInterval(drain)
    closeSync(reader)
    const log = Buffer.concat(text).toString()
    assert.match(log, /LOST \d+ bytes that the log did not keep up with\n$/)
    assert.ok(log.length < 5_000_000)
  })

  it('that nobody takes does not keep close() from ending', async () => {
    const fifo = newFile()
    execFileSync('mkfifo', [fifo])
    const reader = openFile(fifo, constants.O_RDWR | constants.O_NONBLOCK)
    const port = await open(`spy://loop://?file=${fifo}`)
    for (let count = 0; count < 50; count++) {
      await port.write(Buffer.alloc(2000))
      await port.readExactly(2000)
    }
    const { ms } = await timed(port.close())
    assert.ok(ms < 10_000, `${ms} ms`)
    // The system's own write ends now.
    closeSync(reader)
  })

  it('is not waited for where it is a FIFO that nobody reads', async () => {
    const fifo = newFile()
    execFileSync('mkfifo', [fifo])
    // In a process of its own first: an opening that waits can't be ended.
    await using child = new Child('scenario', 'open', `spy://loop://?file=${fifo}`)
    assert.match((await within(20_000, child.ended)).stderr, /ENXIO/)
    await givesAllBack(async () => {
      const { message } = await rejectsWith('IO', open(`spy://loop://?file=${fifo}`))
      assert.match(message, /nobody reads there \(open: ENXIO\)/)
      throwsWith('IO', () => openSync(`spy://loop://?file=${fifo}`))
    })
  })

  it('that can not be written any more ends, and the port goes on', async () => {
    const url = 'spy://loop://?file=/dev/full'
    const warnings: string[] = []
    const listener = ({ message }: Error) => {
      if (message.startsWith(url)) warnings.push(message)
    }
    process.on('warning', listener)
    const port = await open(url)
    await port.write('x')
    await port.readExactly(1)
    await eventually('it is said', () => warnings.length === 1)
    await port.write('y')
    assert.equal(String(await port.readExactly(1)), 'y')
    await port.close()

    const blocking = openSync(url)
    blocking.write('x')
    assert.equal(blocking.read({ timeout: 100 }).toString(), 'x')
    blocking.close()
    await eventually('it is said again, once', () => warnings.length === 2)
    process.off('warning', listener)
    for (const warning of warnings) assert.match(warning, /the log has ended: .*ENOSPC/)
  })

  it('goes to standard error without a file', async () => {
    await using child = new Child('scenario', 'sent and received', 'spy://loop://')
    const { code, stderr, stdout } = await child.ended
    assert.deepEqual([code, stdout], [0, 'ready\n'])
    assert.match(stderr, /^\d{6}\.\d{3} TX   0000  68 69 +hi\n\d{6}\.\d{3} RX   0000  68 69 +hi\n$/)
  })
})
