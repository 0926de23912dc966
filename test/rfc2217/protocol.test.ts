import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decode, encode } from '../../src/rfc2217/com-port.ts'
import type { Command, Role } from '../../src/rfc2217/com-port.ts'
import { Negotiation } from '../../src/rfc2217/negotiation.ts'
import { Protocol } from '../../src/rfc2217/protocol.ts'
import { escape } from '../../src/rfc2217/telnet.ts'
import { controlOf, modemState, signalsOf } from '../../src/rfc2217/values.ts'
import { begun, hear } from './gather.ts'

/** Telnet by its names. Source: RFC 854. */
const names: Readonly<Record<string, number>> = {
  IAC: 255,
  DONT: 254,
  DO: 253,
  WONT: 252,
  WILL: 251,
  SB: 250,
  NOP: 241,
  SE: 240,
  BINARY: 0,
  ECHO: 1,
  SGA: 3,
  COM: 44,
}

/** `IAC WILL BINARY 7` as bytes. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text.split(' '), (word) => names[word] ?? Number(word))
}

/** Bytes as such a text, of the commands among them. */
function words(data: Uint8Array | readonly number[]): string {
  const verb = new Map([250, 251, 252, 253, 254].map((code) => [code, nameOf(code)]))
  return [...data].map((byte) => (byte === 255 ? 'IAC' : (verb.get(byte) ?? String(byte)))).join(' ')
}

function nameOf(code: number): string {
  return Object.keys(names).find((name) => names[name] === code) ?? String(code)
}

describe('a Telnet stream', () => {
  it('is data, an IAC standing for itself when it is doubled', () => {
    assert.deepEqual(hear('client', [bytes('1 IAC IAC 2 IAC IAC IAC IAC 3')]).data, [1, 255, 2, 255, 255, 3])
    assert.deepEqual([...escape(bytes('1 IAC 2 IAC IAC'))], [1, 255, 255, 2, 255, 255, 255, 255])
    assert.deepEqual([...escape(new Uint8Array(0))], [])
  })

  it('keeps its meaning wherever it is cut', () => {
    const stream = bytes(
      '1 2 IAC IAC 3 IAC WILL BINARY 4 IAC DO ECHO IAC SB COM 101 0 0 37 128 IAC SE 5 IAC NOP 6 IAC SB COM 107 IAC IAC IAC SE IAC SB 9 9 IAC SE IAC IAC 7 IAC SB COM 100 65 66 IAC SE',
    )
    const whole = hear('client', [stream])
    assert.deepEqual(whole.data, [1, 2, 255, 3, 4, 5, 6, 255, 7])
    assert.equal(words(whole.replies), 'IAC WONT 1')
    assert.deepEqual(whole.rest, [
      '4 {"kind":"option","option":"binary","side":"remote","enabled":true}',
      '5 {"kind":"message","message":{"command":"baudRate","value":9600,"text":""}}',
      '7 {"kind":"message","message":{"command":"modemState","value":255,"text":""}}',
      '9 {"kind":"message","message":{"command":"signature","value":0,"text":"AB"}}',
    ])
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        const pieces = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)]
        assert.deepEqual(hear('client', pieces), whole, `cut at ${first} and ${second}`)
      }
    }
    assert.deepEqual(
      hear(
        'client',
        Array.from(stream, (byte) => Uint8Array.of(byte)),
      ),
      whole,
    )
  })

  it('of many bytes without a command comes out in one piece, in the memory in which it came', () => {
    const chunk = escape(Uint8Array.from({ length: 1000 }, (_, index) => index))
    const events = new Protocol('client').receive(chunk)
    assert.equal(events.length, 1)
    assert.ok(events[0]?.kind === 'data' && events[0].bytes.buffer === chunk.buffer)
    assert.deepEqual(
      [...events[0].bytes],
      Array.from({ length: 1000 }, (_, index) => index % 256),
    )
  })

  it('with a sub-negotiation that never ends takes no memory for it, and goes on behind its end', () => {
    const protocol = begun('server')
    protocol.receive(bytes('IAC SB COM 0'))
    for (let count = 0; count < 100; count++) {
      assert.deepEqual(protocol.receive(new Uint8Array(100_000).fill(65)), [])
    }
    assert.deepEqual(protocol.receive(bytes('IAC SE')), [])
    assert.deepEqual(hear('server', [bytes('66 IAC SB COM 3 0 IAC SE 67')], protocol), {
      data: [66, 67],
      rest: ['1 {"kind":"message","message":{"command":"parity","value":0,"text":""}}'],
      replies: [],
    })
  })

  it('with a sub-negotiation that lost its end loses that alone', () => {
    const heard = hear('server', [
      bytes('IAC SB COM 1 0 0 IAC SB COM 2 7 IAC SE 1 IAC SB COM 2 IAC WILL BINARY 2'),
    ])
    assert.deepEqual(heard.data, [1, 2])
    assert.equal(heard.rest.length, 2)
    assert.match(heard.rest[0] ?? '', /dataBits/)
    assert.match(heard.rest[1] ?? '', /binary/)
  })

  it('with an end that has no beginning goes on', () => {
    assert.deepEqual(hear('server', [bytes('1 IAC SE 2 IAC SB IAC SE 3 IAC SE 4')]).data, [1, 2, 4])
  })
})

describe('the question whether somebody is there', () => {
  it('has an answer that says yes as well as no, wherever it is cut', () => {
    for (const [answer, said] of [
      ['WONT', 'no'],
      ['WILL', 'yes'],
    ]) {
      const protocol = begun('server')
      assert.equal(words(protocol.ask()), 'IAC DO 6')
      const answers = Array.from(bytes(`1 IAC ${answer} 6 2`), (byte) => Uint8Array.of(byte))
      const { data, replies, rest } = hear('server', answers, protocol)
      assert.deepEqual([data, rest, replies], [[1, 2], ['1 {"kind":"here"}'], []], said)
    }
  })

  it('is answered as often as it was asked; what is not asked for is an offer like any other', () => {
    const protocol = begun('server')
    assert.equal(words(hear('server', [bytes('IAC WILL 6 IAC WONT 6')], protocol).replies), 'IAC DONT 6')
    protocol.ask()
    protocol.ask()
    const { replies, rest } = hear('server', [bytes('IAC WILL 6 IAC WILL 6 IAC WILL 6 IAC DO 6')], protocol)
    assert.deepEqual(rest, ['0 {"kind":"here"}', '0 {"kind":"here"}'])
    assert.equal(words(replies), 'IAC DONT 6 IAC WONT 6')
  })

  it('is answered by the client, which knows nothing of it', () => {
    assert.equal(words(hear('client', [begun('server').ask()]).replies), 'IAC WONT 6')
  })
})

describe('negotiation by RFC 1143', () => {
  // What is wanted (+ -) and what the other side says (y n), with what is said to that and what comes of it.
  const walks: readonly (readonly [string, string, boolean])[] = [
    ['+y', 'will', true],
    ['+n', 'will', false],
    ['y', 'will', true],
    ['n', '', false],
    ['yn', 'will wont', false],
    ['yy', 'will', true],
    ['+y-n', 'will wont', false],
    ['+y-y', 'will wont', false],
    ['+-y', 'will wont', false],
    ['+-yn', 'will wont', false],
    ['+-n', 'will', false],
    ['+-+y', 'will', true],
    ['+y-+n', 'will wont will', false],
    ['+y-+ny', 'will wont will', true],
    ['+y-+y', 'will wont', true],
    ['+y-+-n', 'will wont', false],
    ['++--', 'will', false],
    ['-', '', false],
    ['+y+', 'will', true],
    ['+y--', 'will wont', false],
    ['+y-++n', 'will wont will', false],
  ]
  for (const [steps, said, enabled] of walks) {
    it(`${steps} says ${said || 'nothing'}`, () => {
      const negotiation = new Negotiation()
      const replies = steps.split('').flatMap((step) => {
        const asks = step === '+' || step === '-'
        const { reply } = asks
          ? negotiation.want('local', step === '+')
          : negotiation.receive(step === 'y' ? 'do' : 'dont')
        return reply === undefined ? [] : [reply]
      })
      assert.equal(replies.join(' '), said)
      assert.equal(negotiation.isEnabled('local'), enabled)
      assert.equal(negotiation.isEnabled('remote'), false)
    })
  }

  it('never goes round in circles between two of these, however their wishes change', () => {
    for (let wishes = 0; wishes < 4 ** 4; wishes++) {
      const sides = [new Negotiation(), new Negotiation()] as const
      const lines: [string[], string[]] = [[], []]
      const say = (from: 0 | 1, verb: string | undefined) => verb !== undefined && lines[from].push(verb)
      for (let step = 0; step < 4; step++) {
        const wish = Math.floor(wishes / 4 ** step) % 4
        const who = (wish & 1) as 0 | 1
        say(who, sides[who].want(who === 0 ? 'local' : 'remote', wish > 1).reply)
      }
      for (let turns = 0; lines[0].length + lines[1].length > 0; turns++) {
        assert.ok(turns < 20, `wishes ${wishes} never end`)
        for (const from of [0, 1] as const) {
          const verb = lines[from].shift()
          if (verb !== undefined) say(from === 0 ? 1 : 0, sides[1 - from]?.receive(verb as 'do').reply)
        }
      }
      assert.equal(sides[0].isEnabled('local'), sides[1].isEnabled('remote'))
    }
  })

  it('is asked for by each role, and both agree at once', () => {
    const [client, server] = [new Protocol('client'), new Protocol('server')]
    const [asked, offered] = [client.begin(), server.begin()]
    const com = names['COM']
    assert.equal(words(asked), `IAC WILL 0 IAC DO 0 IAC WILL 3 IAC DO 3 IAC WILL ${com}`)
    assert.equal(words(offered), `IAC WILL 0 IAC DO 0 IAC WILL 3 IAC DO 3 IAC DO ${com}`)
    const answers = client.receive(offered)
    assert.ok([...answers, ...server.receive(asked)].every(({ kind }) => kind === 'option'))
    for (const option of ['binary', 'suppressGoAhead'] as const) {
      for (const side of ['local', 'remote'] as const) {
        assert.ok(client.isEnabled(side, option) && server.isEnabled(side, option))
      }
    }
    assert.ok(client.isEnabled('local', 'comPort') && server.isEnabled('remote', 'comPort'))
    assert.ok(!client.isEnabled('remote', 'comPort'))
  })

  it('answers a WILL that comes first with DO, and a DO with WILL', () => {
    const heard = hear('server', [bytes('IAC WILL COM IAC DO COM IAC WILL BINARY')], new Protocol('server'))
    assert.equal(words(heard.replies), 'IAC DO 44 IAC WILL 44 IAC DO 0')
  })

  it('refuses what is not known, and lets a refusal of it pass', () => {
    for (const role of ['client', 'server'] as const) {
      const heard = hear(role, [bytes('IAC DO ECHO IAC WILL ECHO IAC DONT 7 IAC WONT 8 IAC DO 255')])
      assert.equal(words(heard.replies), 'IAC WONT 1 IAC DONT 1 IAC WONT IAC')
    }
  })
})

describe('the messages of RFC 2217', () => {
  const values: readonly (readonly [Command, number, number, number])[] = [
    ['baudRate', 1, 4, 0xffff00ff],
    ['dataBits', 2, 1, 7],
    ['parity', 3, 1, 5],
    ['stopBits', 4, 1, 3],
    ['control', 5, 1, 19],
    ['lineState', 6, 1, 255],
    ['modemState', 7, 1, 128],
    ['suspend', 8, 0, 0],
    ['resume', 9, 0, 0],
    ['lineStateMask', 10, 1, 30],
    ['modemStateMask', 11, 1, 255],
    ['purge', 12, 1, 3],
  ]
  for (const [command, code, size, value] of values) {
    it(`${command} goes both ways`, () => {
      for (const [sender, receiver, base] of [
        ['client', 'server', 0],
        ['server', 'client', 100],
      ] as const) {
        const sent = encode(sender, command, value)
        assert.deepEqual([...sent.subarray(0, 4)], [255, 250, 44, base + code])
        const { rest } = hear(receiver, [sent])
        const message = { command, value, text: '' }
        assert.deepEqual(rest, [`0 ${JSON.stringify({ kind: 'message', message })}`])
        // Not that of the other role.
        assert.deepEqual(hear(sender, [sent]).rest, [])
      }
    })

    it(`${command} that is too short says nothing`, () => {
      for (const sender of ['client', 'server'] as const) {
        const asks = sender === 'client' && (command === 'lineState' || command === 'modemState')
        for (let length = 0; length < size && !asks; length++) {
          assert.equal(
            decode(sender, Uint8Array.of(code + (sender === 'server' ? 100 : 0), ...Array<number>(length))),
            undefined,
          )
        }
      }
    })
  }

  it('take a signature with any character', () => {
    const text = 'ÿ baud\n\0'
    for (const role of ['client', 'server'] as const) {
      const { rest } = hear(role === 'client' ? 'server' : 'client', [encode(role, 'signature', 0, text)])
      assert.deepEqual(rest, [
        `0 ${JSON.stringify({ kind: 'message', message: { command: 'signature', value: 0, text } })}`,
      ])
    }
  })

  it('take what peers make of them: a question without a value, a baud rate of eight bytes', () => {
    // pySerial's client; sredird 2.2.1, as pySerial's notes on servers have it.
    assert.deepEqual(decode('client', Uint8Array.of(7)), { command: 'modemState', value: 0, text: '' })
    const sredird = Uint8Array.of(101, 0, 0, 37, 128, 0, 0, 0, 0)
    assert.deepEqual(decode('server', sredird), { command: 'baudRate', value: 9600, text: '' })
  })

  it('of no known command say nothing', () => {
    const known = (role: Role) =>
      Array.from({ length: 256 }, (_, code) => code).filter(
        (code) => decode(role, Uint8Array.of(code, 0, 0, 0, 0)) !== undefined,
      )
    assert.deepEqual(known('client'), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    assert.deepEqual(known('server'), [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112])
    assert.equal(decode('client', new Uint8Array(0)), undefined)
  })

  it('have a SET-CONTROL for each thing', () => {
    const things = Array.from({ length: 21 }, (_, value) => controlOf(value))
    const four = (thing: string) => [thing, thing, thing, thing]
    const three = (thing: string) => [thing, thing, thing]
    const rest = [...four('flowIn'), 'flow', 'flowIn', 'flow', undefined]
    assert.deepEqual(things, [...four('flow'), ...three('break'), ...three('dtr'), ...three('rts'), ...rest])
  })

  it('have the lines and their changes in a modem state; of a ring its end alone', () => {
    const off = signalsOf(0)
    const on = signalsOf(0xf0)
    assert.deepEqual([off.cts, off.dsr, off.ri, off.dcd], [false, false, false, false])
    assert.equal(modemState(on, off), 0xfb)
    assert.equal(modemState(off, on), 0x0f)
    assert.equal(modemState(on, on), 0xf0)
    assert.equal(modemState({ ...off, cts: true }, off), 0x11)
    assert.deepEqual(signalsOf(0x20), { cts: false, dsr: true, ri: false, dcd: false })
  })
})
