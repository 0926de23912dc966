// COM ports in pairs, each joined by a cable: baud's own virtual ports, under Windows names.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Unavailable } from '../lib/install.mjs'
import { addPort, namesOf, removePort } from './prefix.mjs'

export class Cables {
  #createPair
  #pairs = new Map()

  /** @param {string} build where the project was compiled to */
  static async from(build) {
    const cables = new Cables()
    const file = path.resolve(build, 'src/virtual/index.js')
    if (!existsSync(file))
      throw new Unavailable(`there is no ${file}: npm test compiles the project to there`)
    const module = pathToFileURL(file).href
    ;({ createPair: cables.#createPair } = await import(module))
    return cables
  }

  /** Lays a cable between two free ports and returns their names. */
  async add() {
    let number = 0
    while (this.#pairs.has(namesOf(number)[0])) number++
    const [a, b] = namesOf(number)
    // Taken before waiting, so that two at a time get different names.
    this.#pairs.set(a, undefined)
    const pair = await this.#createPair()
    this.#pairs.set(a, pair)
    // Wine knows the classical speeds alone, as the C library has them; baud sets any speed by its number.
    for (const end of [pair.a, pair.b]) spawnSync('stty', ['-F', end, '9600'])
    addPort(a, pair.a)
    addPort(b, pair.b)
    return { a, b }
  }

  /** Takes away the cable that was added with this first name: who has an end open sees its device go. */
  async remove(a) {
    const pair = this.#pairs.get(a)
    if (!pair) return
    await pair.close()
    removePort(a)
    removePort(a.replace(/5$/, '6'))
    this.#pairs.delete(a)
  }

  async removeAll() {
    for (const a of this.#pairs.keys()) await this.remove(a)
  }
}
