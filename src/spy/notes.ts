import type { PortSettings } from '../settings.ts'
import type { InputSignals, OutputSignals, Queue } from '../signals.ts'

/** Something that is written down besides bytes: a label of up to four letters, and what there is to say. */
export type Note = readonly [label: string, what: string]

// The labels and words are pySerial's as far as it has them.

const level = (on: boolean) => (on ? 'active' : 'inactive')

export function outputNotes(signals: OutputSignals): Note[] {
  const lines = [
    ['DTR', signals.dtr] as const,
    ['RTS', signals.rts] as const,
    ['BRK', signals.break] as const,
  ]
  return lines.flatMap(([label, on]) => (on === undefined ? [] : [[label, level(on)] as const]))
}

/** The input lines; with those last seen, only what has changed. */
export function inputNotes(now: InputSignals, before?: InputSignals): Note[] {
  const lines = [
    ['CTS', 'cts'] as const,
    ['DSR', 'dsr'] as const,
    ['RI', 'ri'] as const,
    ['CD', 'dcd'] as const,
  ]
  return lines.flatMap(([label, name]) =>
    now[name] === before?.[name] ? [] : [[label, level(now[name])] as const],
  )
}

export function purgeNotes(queue: Queue): Note[] {
  const notes: Note[] = []
  if (queue !== 'output') notes.push(['Q-RX', 'reset_input_buffer'])
  if (queue !== 'input') notes.push(['Q-TX', 'reset_output_buffer'])
  return notes
}

/** The settings that differ. */
export function settingNotes(before: PortSettings, now: PortSettings): Note[] {
  const names = Object.keys(now) as (keyof PortSettings)[]
  return names
    .filter((name) => now[name] !== before[name])
    .map((name) => [
      'SET',
      `${name} ${typeof now[name] === 'object' ? JSON.stringify(now[name]) : now[name]}`,
    ])
}
