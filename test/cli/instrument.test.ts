import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Instrument, serve } from '../../src/cli/instrument.ts'
import { open } from '../../src/index.ts'
import { createPair } from '../../src/virtual/index.ts'

const ask = (instrument: Instrument, line: string) => instrument.receive(line).map(({ text }) => text)

describe('the simulated instrument', () => {
  it('answers queries in the long and the short form, in any case', () => {
    const instrument = new Instrument()
    assert.deepEqual(ask(instrument, '*IDN?'), ['baud,Simulated voltmeter,0,1.0'])
    for (const query of ['MEAS:VOLT?', 'measure:voltage?', 'MEASure:VOLTage?\r\n']) {
      assert.match(ask(instrument, query)[0] ?? '', /^[+-]\d\.\d{5}E[+-]\d\d$/, query)
    }
    assert.deepEqual(ask(instrument, 'SYST:ERR?'), ['0,"No error"'])
  })

  it('answers several commands of a line in order', () => {
    assert.deepEqual(ask(new Instrument(), '*RST; *OPC?;;CONF:RATE 5;CONF:RATE?'), ['1', '5'])
  })

  it('does not answer what it does not know, but notes it, the oldest first', () => {
    const instrument = new Instrument()
    for (const line of ['MEAS:TEMP?', 'CONF:RATE', 'CONF:RATE fast', 'CONF:RATE 0', 'MEASU:VOLT?']) {
      assert.deepEqual(ask(instrument, line), [], line)
    }
    const errors = [1, 2, 3, 4, 5, 6].flatMap(() => ask(instrument, 'SYST:ERR?'))
    assert.deepEqual(errors, [
      '-113,"Undefined header"',
      '-109,"Missing parameter"',
      '-104,"Data type error"',
      '-222,"Data out of range"',
      '-113,"Undefined header"',
      '0,"No error"',
    ])
  })

  it('says when there were more errors than it can keep, and forgets them all with *CLS', () => {
    const instrument = new Instrument()
    for (let times = 0; times < 20; times++) ask(instrument, 'NONSENSE')
    const errors = Array.from({ length: 9 }, () => ask(instrument, 'SYST:ERR?')[0])
    assert.deepEqual(errors.slice(6), ['-113,"Undefined header"', '-350,"Queue overflow"', '0,"No error"'])
    ask(instrument, 'NONSENSE;*CLS')
    assert.deepEqual(ask(instrument, 'SYST:ERR?'), ['0,"No error"'])
  })

  it('sends measurements between INIT and ABOR, at the rate set', () => {
    const instrument = new Instrument()
    assert.equal(instrument.interval, undefined)
    ask(instrument, 'CONF:RATE 20;INIT')
    assert.equal(instrument.interval, 50)
    ask(instrument, 'CONF:RATE 10')
    assert.equal(instrument.interval, 100)
    ask(instrument, 'ABOR')
    assert.equal(instrument.interval, undefined)
    ask(instrument, 'INIT;*RST')
    assert.equal(instrument.interval, undefined)
  })

  it('serves a port, counting each byte, and ends with it', async () => {
    await using pair = await createPair()
    await using device = await open(pair.b)
    await using port = await open(pair.a, { readTimeout: 5000 })
    const traffic = { received: 0, sent: 0 }
    const serving = serve(device, new Instrument(), traffic)
    await port.write('CONF:RATE 200;INIT\n')
    for (let times = 0; times < 3; times++) await port.readLine()
    await port.write('ABOR\r\n*OPC?\n')
    let received = 3 * 13
    for (let line = ''; line !== '1'; received += line.length + 1) line = await port.readLine()
    assert.deepEqual(traffic, { received: 19 + 6 + 6, sent: received })
    await device.close()
    await serving
  })
})
