type Step = 'open' | 'rts' | 'baud'

/** What is asked of a port that another program shares, and how long each step took, in ms. */
export class Steps {
  readonly times: Record<Step, number[]> = { open: [], rts: [], baud: [] }
  /** How often to do each. */
  readonly count: number

  constructor(count: number) {
    this.count = count
  }

  async time<T>(step: Step, work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    const result = await work()
    this.times[step].push(performance.now() - began)
    return result
  }
}
