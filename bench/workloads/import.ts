import { output } from '../runner/child.ts'
import { inTurn } from '../runner/measure.ts'
import { oneCore } from '../runner/placement.ts'
import { importTime } from '../runner/places.ts'
import { atMost } from '../runner/section.ts'
import type { Context, Section, Workload } from '../runner/section.ts'
import { Figures } from '../runner/statistics.ts'

const patience = 20
const names = ['koffi', 'baud'] as const

/** What `import 'baud'` adds to the start of a program, beyond its one dependency. */
export const importing: Workload = {
  id: 'import',
  async run({ quick }: Context): Promise<Section> {
    const times = quick ? 15 : 25
    const measured = await inTurn(names, times, async (name) => {
      const command = ['taskset', '-c', oneCore.program, process.execPath, importTime, name]
      return Number(await output(command, patience))
    })
    const koffi = measured.get('koffi') ?? []
    const baud = measured.get('baud') ?? []
    const more = new Figures(baud.map((ms, i) => ms - (koffi[i] ?? NaN)))
    return {
      title: 'Import',
      about: `\`await import(…)\` in a fresh process, ${times} processes each; ms.`,
      head: ['what', 'ms'],
      rows: [
        ['`koffi`', new Figures(koffi)],
        ['`baud`, which imports koffi', new Figures(baud)],
        ['the difference', more],
      ],
      targets: [atMost('Import of baud beyond that of koffi', more.median, 15, ' ms')],
    }
  },
}
