import assert from 'node:assert/strict'
import { chmodSync, chownSync, statSync } from 'node:fs'
import { suite, test } from 'node:test'
import { accessTo, busyHint, deniedAdvice, deniedHint } from '../../../src/native/linux/access.ts'
import { Pseudo } from '../../support/pseudo.ts'
import { linuxOnly, Tree } from './tree.ts'

const isRoot = process.geteuid?.() === 0

suite('who may open a device', { skip: linuxOnly }, () => {
  /** A file with this mode, in a tree whose groups have been written; asks for one user after the other. */
  function asker(tree: Tree, mode: number) {
    tree.file('dev/ttyUSB0', '')
    const path = `${tree.places.dev}/ttyUSB0`
    // Root may open anything, so where this is root the file goes to somebody else.
    if (isRoot) chownSync(path, 4242, 4343)
    chmodSync(path, mode)
    const { gid, uid } = statSync(path)
    const groupFile = `${tree.places.etc}/group`
    tree.file('etc/group', `root:x:0:\nuucp:x:${gid}:ada,grace\nother:x:${gid + 1}:linus\n`)
    const ask = (user: number, name: string, groups: number[]) =>
      accessTo(path, groupFile, { user, name, groups })
    return { ask, uid, gid }
  }

  test('the owner by the first digit, members by the second, all others by the third', () => {
    for (const [mode, owner, member, other] of [
      [0o600, true, false, false],
      [0o660, true, true, false],
      [0o666, true, true, true],
      [0o060, false, true, false],
      [0o006, false, false, true],
      [0o640, true, false, false],
      [0o222, false, false, false],
    ] as const) {
      using tree = new Tree()
      const { ask, gid, uid } = asker(tree, mode)
      assert.equal(ask(uid, 'owner', []).permitted, owner, `owner, ${mode.toString(8)}`)
      assert.equal(ask(uid + 1, 'ada', [5, gid]).permitted, member, `member, ${mode.toString(8)}`)
      assert.equal(ask(uid + 1, 'linus', [gid + 1]).permitted, other, `other, ${mode.toString(8)}`)
      assert.equal(ask(0, 'root', [0]).permitted, true)
      assert.equal(ask(uid + 1, 'ada', []).mode, mode.toString(8))
    }
  })

  test(
    'a group of its own: join it; already in it: log in again',
    { skip: !isRoot && 'needs root for chown' },
    () => {
      using tree = new Tree()
      const { ask } = asker(tree, 0o660)
      chownSync(`${tree.places.dev}/ttyUSB0`, 0, 20)
      tree.file('etc/group', 'root:x:0:\ndialout:x:20:ada\n')

      const linus = ask(1000, 'linus', [1000])
      assert.deepEqual([linus.group, linus.groupMayOpen, linus.needsLogin], ['dialout', true, false])
      assert.match(deniedAdvice(linus), /usermod -aG dialout \$USER/)

      const ada = ask(1001, 'ada', [1001])
      assert.deepEqual([ada.permitted, ada.needsLogin], [false, true])
      assert.match(deniedAdvice(ada), /in the group dialout.*log in again/)

      const adaAgain = ask(1001, 'ada', [1001, 20])
      assert.deepEqual([adaAgain.permitted, adaAgain.needsLogin], [true, false])
    },
  )

  test('nobody is told to join the group of root', { skip: !isRoot && 'needs root for chown' }, () => {
    using tree = new Tree()
    const { ask } = asker(tree, 0o660)
    chownSync(`${tree.places.dev}/ttyUSB0`, 0, 0)
    assert.match(deniedAdvice(ask(1000, 'linus', [1000])), /udev rule/)
  })

  test('a mode that lets no group in', () => {
    using tree = new Tree()
    const { ask } = asker(tree, 0o600)
    const ada = ask(54_321, 'ada', [])
    assert.deepEqual([ada.groupMayOpen, ada.needsLogin, ada.permitted], [false, false, false])
    assert.match(deniedAdvice(ada), /no group may open it/)
  })

  test('a group without a name is called by its number', () => {
    using tree = new Tree()
    const { ask, gid } = asker(tree, 0o660)
    tree.file('etc/group', '')
    assert.equal(ask(54_321, 'ada', []).group, String(gid))
  })

  test('for this process, the system’s own answer counts as well', () => {
    using tree = new Tree()
    asker(tree, 0o600)
    assert.equal(accessTo(`${tree.places.dev}/ttyUSB0`, `${tree.places.etc}/group`).permitted, true)
  })

  test('hints end an error message; where nothing can be told there is none', () => {
    assert.equal(deniedHint('/dev/there/is/no/such/port'), undefined)
    using pseudo = new Pseudo()
    assert.match(busyHint(pseudo.path) ?? '', /in use by this process \(\d+\); close it there/)
    assert.match(busyHint('/dev/there-is-no-such-port') ?? '', /only root can see who/)
    // This process may open it, so something that the mode does not show forbids it.
    assert.match(deniedHint(pseudo.path) ?? '', /container or a security module/)
  })
})
