import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Turns } from '../../../src/native/win32/turns.ts'

suite('taking turns', () => {
  test('so many at a time, in order, also when one fails', async () => {
    const turns = new Turns(2)
    const begun: string[] = []
    const failed: string[] = []
    const settle = new Map<string, (error?: Error) => void>()
    const taken = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      turns
        .take(() => {
          begun.push(name)
          return new Promise<void>((resolve, reject) => {
            settle.set(name, (error) => (error === undefined ? resolve() : reject(error)))
          })
        })
        .catch((error: Error) => failed.push(error.message)),
    )
    await setImmediate()
    assert.deepEqual(begun, ['a', 'b'])
    settle.get('b')?.(new Error('b failed'))
    await setImmediate()
    assert.deepEqual(begun, ['a', 'b', 'c'])
    assert.deepEqual(failed, ['b failed'])
    for (const name of ['a', 'c']) settle.get(name)?.()
    await setImmediate()
    assert.deepEqual(begun.slice(3), ['d', 'e'])
    for (const name of ['d', 'e']) settle.get(name)?.()
    await Promise.all(taken)
    // All turns are free again.
    await Promise.all([turns.take(setImmediate), turns.take(setImmediate)])
  })
})
