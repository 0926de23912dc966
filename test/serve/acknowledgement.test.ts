// Hosts that vanish while they are being sent something.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { endianness } from 'node:os'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Acknowledgement } from '../../src/serve/doors/acknowledgement.ts'
import { nameOf, readUnanswered, unanswered } from '../../src/serve/doors/tcp-table.ts'
import { Child } from '../support/child.ts'
import { eventually } from '../support/wait.ts'

const heading =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'

describe('the connections on which nobody answers', () => {
  const skip = endianness() === 'BE' && 'the tables are those of a machine with the other order of bytes'

  it('are those with something that is sent again, or asked again', { skip }, () => {
    const table = [
      // Listens; all is well; sent again six times; asked seven times for room; asked and answered.
      '   0: 0100090A:0FA0 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0',
      '   1: 0100090A:0FA0 0200090A:8E3A 01 00000000:00000000 02:00000010 00000000     0        0 2 2 0 20 4 0 10 -1',
      '   2: 0100090A:0FA0 0200090A:8E3B 01 000047E0:00000000 01:00000322 00000006     0        0 3 2 0 20 4 0 10 -1',
      '   3: 0100090A:0FA0 0300090A:CF0A 01 00097A88:00000000 04:00000086 00000000     0        7 4 2 0 20 4 0 10 -1',
      '   4: 0100090A:0FA0 0400090A:CF0A 01 00097A88:00000000 04:00000086 00000000     0        0 5 2 0 20 4 0 10 -1',
      '',
    ]
    const names = [...unanswered(heading + table.join('\n'))]
    assert.deepEqual(names, ['10.9.0.1 4000 10.9.0.2 36411', '10.9.0.1 4000 10.9.0.3 53002'])
  })

  it('may be of IPv6, where an address of IPv4 is written as one of these', { skip }, () => {
    const table = [
      '   0: 00000000000000000000000001000000:0FA0 00000000000000000000000001000000:E79A 01 00000001:00000000 01:00000010 0000000A     0        0 1 2 0 20 4 0 10 -1',
      '   1: 0000000000000000FFFF00000100007F:0FA0 0000000000000000FFFF00000100007F:E79B 01 00000001:00000000 01:00000010 0000000A     0        0 1 2 0 20 4 0 10 -1',
      '   2: B80D0120000000000000000001000000:0FA0 B80D01200000000000000000A1B20000:E79C 01 00000001:00000000 01:00000010 0000000A     0        0 1 2 0 20 4 0 10 -1',
    ]
    assert.deepEqual(
      [...unanswered(heading + table.join('\n'))],
      [
        '::1 4000 ::1 59290',
        '::ffff:127.0.0.1 4000 ::ffff:127.0.0.1 59291',
        '2001:db8::1 4000 2001:db8::b2a1 59292',
      ],
    )
  })

  it('are none of those that work', { skip: process.platform !== 'linux' && 'Linux tells' }, async () => {
    await using pair = await Connected.pair()
    const names = await readUnanswered('IPv4')
    assert.ok(!names.has(nameOf(pair.socket)))
  })
})

/** A connection in this process. */
class Connected {
  readonly socket: Socket
  readonly #cleanup: () => void

  private constructor(socket: Socket, cleanup: () => void) {
    this.socket = socket
    this.#cleanup = cleanup
  }

  static async pair(): Promise<Connected> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = createConnection((server.address() as AddressInfo).port, '127.0.0.1')
    const [socket] = (await once(server, 'connection')) as [Socket]
    return new Connected(socket, () => {
      client.destroy()
      socket.destroy()
      server.close()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cleanup()
  }
}

describe('a host that does not acknowledge', () => {
  it('has vanished when it is found so four times in a row, and not before', async () => {
    await using pair = await Connected.pair()
    const name = nameOf(pair.socket)
    // From the same place, to another address of this machine.
    const another = name.replace('127.0.0.1', '127.0.0.2')
    /** Finds it so, look by look; gives how many there have been, and at which of them it had vanished. */
    const look = (...found: boolean[]) => {
      const seen = { looks: 0, vanished: [] as number[] }
      const find = async () => new Set(found[seen.looks++] === true ? [name] : [another])
      const acknowledgement = new Acknowledgement({ interval: 5, unanswered: find })
      acknowledgement.watch(pair.socket, () => seen.vanished.push(seen.looks))
      return seen
    }
    const there = look(true, true, true, false, true, true, true)
    const gone = look(false, true, true, true, true, true, true, true, true, true)
    await eventually('it was looked', () => Math.min(there.looks, gone.looks) > 10)
    assert.deepEqual(there.vanished, [])
    assert.deepEqual(gone.vanished, [5], 'and is told of once')
  })

  it('is not looked for where the system does not tell, nor when it has gone', async () => {
    const pair = await Connected.pair()
    let looks = 0
    const refuses = async () => {
      looks++
      throw new Error('no such table')
    }
    new Acknowledgement({ interval: 5, unanswered: refuses }).watch(pair.socket, () => assert.fail())
    await eventually('it was looked', () => looks > 3)
    await pair[Symbol.asyncDispose]()
    await once(pair.socket, 'close')
    const before = looks
    await sleep(50)
    assert.equal(looks, before)
  })

  it('is not looked for anew while a look takes its time', async () => {
    await using pair = await Connected.pair()
    const looks = { begun: 0, ended: 0, together: 0 }
    const slow = async () => {
      looks.begun++
      looks.together = Math.max(looks.together, looks.begun - looks.ended)
      await sleep(100)
      looks.ended++
      return new Set<string>()
    }
    new Acknowledgement({ interval: 5, unanswered: slow }).watch(pair.socket, () => assert.fail())
    await eventually('it was looked', () => looks.ended > 3, 20_000)
    assert.equal(looks.together, 1)
  })

  const allowed = spawnSync('unshare', ['--map-root-user', '--net', 'ip', 'link']).status === 0
  const skip = !allowed && 'needs a network namespace of its own: unshare(1) and ip(8)'

  it('loses the port within half a minute', { timeout: 90_000, skip }, async () => {
    await using child = new Child('vanishing-writer')
    const { code, stderr, stdout } = await child.ended
    assert.deepEqual([code, stderr], [0, ''])
    const { log, seconds } = JSON.parse(stdout) as { log: string[]; seconds: number }
    const events = log.map((line) => /^\S+ \S+ tcp \S+ (.*)\n$/.exec(line)?.[1])
    assert.deepEqual(events, [
      'connected',
      'became writer',
      'cut off: its host does not acknowledge what it is sent',
      'gone',
    ])
    assert.ok(seconds > 10 && seconds < 40, `after ${seconds} s`)
  })
})
