import type { Row, Section, Target } from './section.ts'

/** A Markdown table, with columns that line up: it is read in a terminal as well. */
export function table(head: readonly string[], rows: readonly Row[]): string {
  const cells = [head, ...rows.map((row) => row.map(String))]
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  const [first = [], ...others] = cells
  return [line(first), rule, ...others.map(line)].join('\n')
}

export function sectionText({ about, head, rows, title }: Section): string {
  return `## ${title}\n\n${about}\n\n${table(head, rows)}\n`
}

export function targetTable(targets: readonly Target[]): string {
  const word = (met: boolean | undefined) => (met === undefined ? 'not measured' : met ? 'pass' : 'FAIL')
  const rows = targets.map(({ bound, met, reached, what }) => [what, bound, reached, word(met)])
  return table(['target', 'bound', 'reached', ''], rows)
}
