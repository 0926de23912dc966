/**
 * Lays rows out in columns, as wide as their contents; a column that is empty in every row is left out. Lines longer
 * than `width` are cut.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number = Infinity,
): string[] {
  const used = head.map((_, column) => rows.some((row) => row[column] !== '' && row[column] !== undefined))
  const lines = [head, ...rows].map((row) => row.filter((_, column) => used[column]))
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((row) => (row[column] ?? '').length))) ?? []
  return lines.map((row) =>
    cut(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
      width,
    ),
  )
}

export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}
