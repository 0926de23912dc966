/** The value below which this part of the values lies, 0.5 being the median. */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new Error('no values')
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const low = sorted[Math.floor(at)] ?? NaN
  const high = sorted[Math.ceil(at)] ?? NaN
  return low + (high - low) * (at % 1)
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** What repeated measurements of the same thing gave. */
export class Figures {
  readonly values: readonly number[]

  constructor(values: readonly number[]) {
    this.values = values
  }

  get median(): number {
    return median(this.values)
  }

  /** This against that. */
  over(that: Figures): Ratio {
    const ratios = this.values.map((value, i) => value / (that.values[i] ?? NaN))
    return new Ratio(ratios, this.median / that.median)
  }

  /** `12.3 (11–15)`: the median, the least and the greatest; a single figure by itself. */
  toString(): string {
    const { values } = this
    const middle = this.print(this.median)
    if (values.length === 1) return middle
    return `${middle} (${this.print(Math.min(...values))}–${this.print(Math.max(...values))})`
  }

  protected print(value: number): string {
    return plain(value)
  }
}

/** The ratio of two medians, with those of the runs that followed one another beside it: they show how steady it is. */
export class Ratio extends Figures {
  readonly #ofMedians: number

  constructor(values: readonly number[], ofMedians: number) {
    super(values)
    this.#ofMedians = ofMedians
  }

  override get median(): number {
    return this.#ofMedians
  }

  protected override print(value: number): string {
    return value.toFixed(2)
  }
}

/** Three digits, which is more than such a measurement is worth. */
function plain(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(digits, 3))
}
