import { output } from '../runner/child.ts'
import { inTurn } from '../runner/contest.ts'
import { oneCore } from '../runner/placement.ts'
import { importTime, serialport } from '../runner/places.ts'
import { atMost } from '../runner/section.ts'
import type { Context, Section, Workload } from '../runner/section.ts'
import { Figures } from '../runner/statistics.ts'

const patience = 20

const modules = { baud: 'baud', koffi: 'koffi', 'npm serialport': serialport } as const
type Name = keyof typeof modules
const names = Object.keys(modules) as Name[]

/** Of baud's import to npm serialport's. */
const mostOfOther = 0.5

/** What an import adds to the start of a program. */
export const importing: Workload = {
  id: 'import',
  async run({ quick }: Context): Promise<Section> {
    const times = quick ? 9 : 25
    const measured = await inTurn(names, times, async (name) => {
      const command = ['taskset', '-c', oneCore.program, process.execPath, importTime, modules[name]]
      return Number(await output(command, patience))
    })
    const figures = (name: Name) => new Figures(measured.get(name) ?? [])
    const ratio = (name: Name) => figures('baud').over(figures(name))
    const other = ratio('npm serialport')
    return {
      title: 'Import',
      about: `\`await import(…)\` in a fresh process, ${times} processes each, on one core; ms. Baud imports koffi.`,
      head: ['what', 'ms', 'baud over it'],
      rows: names.map((name) => [name, figures(name), name === 'baud' ? '' : ratio(name)]),
      targets: [atMost('Import, over npm serialport', other.median, mostOfOther)],
    }
  },
}
