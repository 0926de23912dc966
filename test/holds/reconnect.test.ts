// A port whose device goes and comes back under the same name, as a URL or a terminal that no listing knows.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../../src/index.ts'
import type { SerialPort } from '../../src/index.ts'
import { notOnWindows } from '../support/platform.ts'
import { Pseudo } from '../support/pseudo.ts'
import { system } from '../support/system.ts'
import { eventually } from '../support/wait.ts'

/** A name that is given to one terminal after the other. */
class Name implements Disposable {
  readonly #folder: string = mkdtempSync(path.join(tmpdir(), 'baud-'))
  readonly path: string = path.join(this.#folder, 'tty')

  giveTo(terminal: { readonly path: string }): void {
    rmSync(this.path, { force: true })
    symlinkSync(terminal.path, this.path)
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true })
  }
}

const skip = notOnWindows('there a name can not be given to another port')

/**
 * The next terminal with this one's number is not opened in its stead. The number is free when the port has let go of it, and
 * another program may be first.
 */
async function leavesAloneHeirOf({ path: name }: Pseudo, port: SerialPort): Promise<void> {
  let next = new Pseudo()
  for (let tries = 0; next.path !== name && tries < 50; tries++) {
    next[Symbol.dispose]()
    await sleep(20)
    next = new Pseudo()
  }
  await sleep(700)
  assert.equal(port.isConnected, false)
  next[Symbol.dispose]()
}

describe('a port that is opened again', { skip, timeout: 20_000 }, () => {
  for (const prefix of ['', 'alt://']) {
    it(`${prefix || 'by its path'} is set as it was in the end, not as it was in the beginning`, async () => {
      using name = new Name()
      using first = new Pseudo()
      using second = new Pseudo()
      name.giveTo(first)
      await using port = await open(prefix + name.path, { baudRate: 9600, reconnect: true })
      await port.reconfigure({ baudRate: 115_200, stopBits: 2 })
      const asked = system.attributes(name.path)
      const lost = once(port, 'disconnect')
      const found = once(port, 'reconnect')
      name.giveTo(second)
      first.unplug()
      await lost
      await found
      assert.equal(system.attributes(name.path), asked)
      assert.equal(port.settings.baudRate, 115_200)
      assert.equal(port.settings.stopBits, 2)
    })
  }

  it('is not looked for under a name that the system gives to others', async () => {
    using first = new Pseudo()
    await using port = await open(first.path, { reconnect: true })
    const lost = once(port, 'disconnect')
    first.unplug()
    await lost
    await leavesAloneHeirOf(first, port)
  })

  it('is not looked for behind links that were left over, but behind one that was made anew', async () => {
    using name = new Name()
    using outer = new Name()
    let terminal = new Pseudo()
    name.giveTo(terminal)
    outer.giveTo(name)
    await using port = await open(outer.path, { reconnect: true })
    for (let round = 0; round < 2; round++) {
      const lost = once(port, 'disconnect')
      terminal.unplug()
      await lost
      await leavesAloneHeirOf(terminal, port)
      terminal = new Pseudo()
      name.giveTo(terminal)
      await eventually('it is back', () => port.isConnected, 10_000)
    }
    terminal.unplug()
  })

  it('goes on with the log that spy:// keeps of it', async () => {
    using name = new Name()
    using first = new Pseudo()
    using second = new Pseudo()
    name.giveTo(first)
    const log = `${name.path}.log`
    const port = await open(`spy://${name.path}?file=${log}&raw`, { reconnect: true })
    await port.write('before')
    const lost = once(port, 'disconnect')
    const found = once(port, 'reconnect')
    name.giveTo(second)
    first.unplug()
    await lost
    await found
    await port.write('after')
    await port.close()
    assert.match(readFileSync(log, 'utf8'), /before[^]*after/)
  })
})
