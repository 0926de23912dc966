import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { open, openSync } from '../../src/index.ts'
import { Pseudo } from '../support/pseudo.ts'

describe('alt:// is the port itself', () => {
  it('with the parameters of its URL, which are left to that', async () => {
    for (const parameters of ['?paced', '?paced&class=Serial', '?class=Serial&paced']) {
      await using port = await open(`alt://loop://${parameters}`)
      assert.equal(port.path, 'loop://?paced')
    }
  })
  for (const parameters of ['', '?', '?class=Serial', '?class=PosixPollSerial', '?class=VTIMESerial']) {
    it(`with ${parameters || 'no parameter'}`, async () => {
      using far = new Pseudo()
      const port = await open(`alt://${far.path}${parameters}`)
      assert.equal(port.path, far.path)
      await port.write('a')
      await port.close()
      const blocking = openSync(`alt://${far.path}${parameters}`)
      blocking.write('b')
      blocking.close()
      assert.equal(String(await far.takeAll(2, 20)), 'ab')
    })
  }
})
