import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { argumentsOf, holdersOf, nameHolders, processesNamed } from '../../../src/native/linux/holders.ts'
import { Pseudo } from '../../support/pseudo.ts'
import { linuxOnly, Tree } from './tree.ts'

suite('who has a device open', { skip: linuxOnly }, () => {
  test('the processes with a descriptor of the same device, under whatever name', () => {
    using tree = new Tree()
    tree.process(10, 'minicom', ['minicom'], ['/dev/zero', '/dev/null'])
    tree.process(11, 'screen', ['screen'], [`${tree.places.dev}/ttyUSB0`])
    tree.process(12, 'bash', ['bash'], ['/dev/zero', `${tree.root}/gone`])
    tree.node('ttyUSB0')
    assert.deepEqual(holdersOf(`${tree.places.dev}/ttyUSB0`, tree.places.proc), [
      { pid: 10, command: 'minicom' },
      { pid: 11, command: 'screen' },
    ])
  })

  test('what is no device has no holders', () => {
    using tree = new Tree()
    tree.file('dev/file', '')
    tree.process(10, 'cat', ['cat'], [`${tree.places.dev}/file`])
    for (const path of ['file', 'nothing', '.']) {
      assert.deepEqual(holdersOf(`${tree.places.dev}/${path}`, tree.places.proc), [])
    }
  })

  test('a process that is gone or hidden is passed over', () => {
    using tree = new Tree()
    tree.file('proc/20/comm', 'hidden\n')
    tree.file('proc/21/nothing', '')
    tree.file('proc/uptime', '1 1')
    assert.deepEqual(holdersOf('/dev/null', tree.places.proc), [])
    assert.deepEqual(processesNamed(['hidden', 'uptime'], tree.places.proc), [{ pid: 20, command: 'hidden' }])
  })

  test('the words that a process was started with', () => {
    using tree = new Tree()
    tree.process(30, 'agetty', ['/sbin/agetty', '-o', '-p -- \\u', 'ttyS0'])
    assert.deepEqual(argumentsOf(30, tree.places.proc), ['/sbin/agetty', '-o', '-p -- \\u', 'ttyS0'])
    assert.deepEqual(argumentsOf(31, tree.places.proc), [])
  })

  test('on this machine: this process, told apart from the others', () => {
    using pseudo = new Pseudo()
    const holders = holdersOf(pseudo.path)
    assert.deepEqual(
      holders.map(({ pid }) => pid),
      [process.pid],
    )
    assert.equal(
      nameHolders([...holders, { pid: 1, command: 'init' }]),
      `this process (${process.pid}), init (1)`,
    )
    assert.ok(processesNamed([holders[0]?.command ?? '']).some(({ pid }) => pid === process.pid))
  })
})
