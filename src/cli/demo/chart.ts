const levels = '▁▂▃▄▅▆▇█'

/** One character for each value, as high as the value is between `least` and `most`. */
export function sparkline(values: readonly number[], least: number, most: number): string {
  return values
    .map((value) => {
      const share = (value - least) / (most - least)
      const level = Math.floor(share * levels.length)
      return levels[Math.min(Math.max(level, 0), levels.length - 1)]
    })
    .join('')
}
