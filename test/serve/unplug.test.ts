// The device goes and comes back while clients are there.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { open } from '../../src/index.ts'
import { FaultyNetwork } from '../support/faulty-network.ts'
import { nameFor } from '../support/name-for.ts'
import { notOnWindows } from '../support/platform.ts'
import { Pseudo } from '../support/pseudo.ts'
import { system } from '../support/system.ts'
import { eventually } from '../support/wait.ts'
import { Serving } from './serving.ts'

const skip = notOnWindows('there a name can not be given to another port')

const limit = { skip, timeout: 60_000, concurrency: 3 }

describe('a device that is unplugged', limit, () => {
  it('and plugged in again: the clients stay, and go on', async () => {
    using first = new Pseudo()
    using second = new Pseudo()
    const name = nameFor(first)
    await using serving = await Serving.begin({ tcp: '0', rfc2217: '0' }, { port: name })
    await using port = await open(serving.url('rfc2217'), { baudRate: 115200 })
    using watcher = await serving.connect('tcp')
    await serving.logs(/watches/)
    const asked = system.attributes(name)
    first.send('before ')
    await watcher.hears('before ')
    first.unplug()
    await serving.logs(/tty device gone: /)
    await port.write('into nothing')
    await serving.logs(/rfc2217 \S+ not sent: the device is away/)
    nameFor(second, name)
    await serving.logs(/tty device back: as /)
    assert.equal(system.attributes(name), asked)
    second.send('after')
    await watcher.hears('before after')
    await port.write('and on')
    assert.equal(String(await second.takeAll(6)), 'and on')
    assert.equal(port.settings.baudRate, 115200)
    assert.equal(String(await port.readExactly(12, { timeout: 5000 })), 'before after')
  })

  it('while it is away a writer goes: the next finds the settings as they were', async () => {
    using first = new Pseudo()
    using second = new Pseudo()
    const name = nameFor(first)
    await using serving = await Serving.begin({ rfc2217: '0' }, { port: name })
    const asked = system.attributes(name)
    const port = await open(serving.url('rfc2217'), { baudRate: 115200, stopBits: 2 })
    assert.notEqual(system.attributes(name), asked)
    first.unplug()
    await serving.logs(/device gone/)
    await port.close()
    await serving.logs(/rfc2217 \S+ gone/)
    // What the one before had set is not what this one will have.
    await using next = await open(serving.url('rfc2217'), { baudRate: 115200 })
    assert.equal(next.settings.baudRate, 9600)
    nameFor(second, name)
    await serving.logs(/device back/)
    await eventually('the settings are put back', () => system.attributes(name) === asked)
    assert.equal(next.settings.baudRate, 9600)
    await next.reconfigure({ baudRate: 115200, stopBits: 2 })
    assert.equal(next.settings.baudRate, 115200)
    assert.notEqual(system.attributes(name), asked)
  })

  it('and comes back as a client comes: it has DTR and RTS, whatever is being put back', async () => {
    const inner = await Serving.begin({ rfc2217: '0' }, { port: 'loop://' })
    const number = inner.number('rfc2217')
    await using network = await FaultyNetwork.to(number)
    const url = `rfc2217://127.0.0.1:${network.number}?timeout=20`
    await using outer = await Serving.begin({ rfc2217: '0', tcp: '0' }, { port: url })
    const former = await open(outer.url('rfc2217'), { baudRate: 57_600 })
    await inner[Symbol.asyncDispose]()
    await outer.logs(/device gone/)
    await former.close()
    await outer.logs(/rfc2217 \S+ gone/)
    // Putting back takes its time.
    network.delay = 200
    await using again = await Serving.begin({ rfc2217: String(number) }, { port: 'loop://' })
    await outer.logs(/device back/)
    using next = await outer.connect('tcp')
    const sets = () => again.log.filter((line) => /set: (dtr|rts)/.test(line))
    await eventually('they are set, for it and as put back', () => sets().length === 4, 20_000)
    assert.match(sets()[2] ?? '', /dtr on/)
    assert.match(sets()[3] ?? '', /rts on/)
    assert.ok(!next.isClosed)
  })

  it('clients of RFC 2217 are told that its lines are off, and what they are when it is back', async () => {
    await using inner = await Serving.begin({ rfc2217: '0' }, { port: 'loop://' })
    const number = inner.number('rfc2217')
    const url = `rfc2217://127.0.0.1:${number}`
    await using outer = await Serving.begin({ rfc2217: '0' }, { port: url })
    await using port = await open(outer.url('rfc2217'))
    let [dcd, dsr, cts] = [false, false, false]
    port.on('signals', (inputs) => ({ dcd, dsr, cts } = inputs))
    ;({ dcd, dsr, cts } = await port.getSignals())
    await eventually('they are on', () => dcd && dsr && cts)
    await inner[Symbol.asyncDispose]()
    await eventually('they are off', () => !dcd && !dsr && !cts)
    assert.ok(port.isOpen)
    await using again = await Serving.begin({ rfc2217: String(number) }, { port: 'loop://' })
    await eventually('they are on', () => dcd && dsr && cts, 10_000)
    await port.write('round')
    assert.equal(String(await port.readExactly(5, { timeout: 5000 })), 'round')
    assert.ok(again.log.length > 0)
  })
})
