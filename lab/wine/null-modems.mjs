// COM ports in pairs in a guest of lab/qemu, joined by its null-modem cables. The same interface as Cables.
import { existsSync, writeFileSync } from 'node:fs'
import { addPort, namesOf, removePort } from './prefix.mjs'

/** How many cables the guest has. */
const count = 2
const driver = '/sys/bus/platform/drivers/nmuart'

const terminal = (cable, end) => `/dev/ttyNM${2 * cable + end}`

export class NullModems {
  /** By the name of its first port, the cable's number. */
  #inUse = new Map()

  /** Plugs a cable in and returns the names of its ports. */
  async add() {
    const numbers = [...Array(count).keys()]
    const cable = numbers.find((number) => ![...this.#inUse.values()].includes(number))
    if (cable === undefined) throw new Error(`the guest has ${count} cables`)
    if (!existsSync(terminal(cable, 0))) writeFileSync(`${driver}/bind`, `nmuart.${cable}`)
    // Wine gives the lower names to the guest's ttyS.
    const [a, b] = namesOf(cable + 1)
    addPort(a, terminal(cable, 0))
    addPort(b, terminal(cable, 1))
    this.#inUse.set(a, cable)
    return { a, b }
  }

  /** Pulls the cable out that was added with this first name: who has an end open sees its device go. */
  async remove(a) {
    const cable = this.#inUse.get(a)
    if (cable === undefined) return
    writeFileSync(`${driver}/unbind`, `nmuart.${cable}`)
    removePort(a)
    removePort(namesOf(cable + 1)[1])
    this.#inUse.delete(a)
  }

  async removeAll() {
    for (const a of this.#inUse.keys()) await this.remove(a)
  }
}
