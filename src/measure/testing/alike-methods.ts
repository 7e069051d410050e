import { gaussian } from '../../math/random.ts'
import { benchmarkSchema } from '../benchmark.ts'
import { benchmarkChanges } from '../changes.ts'
import { answered } from './answered.ts'

const benchmark = benchmarkSchema.parse({
  id: 'alike',
  title: 'Two methods without a difference',
  sets: { kept: { file: 'kept.json' } },
  metrics: { kept: { kind: 'probability', better: 'higher', options: { set: 'kept' } } },
  ranking: { forget: 'kept', utility: 'kept' },
})

/** How trials are drawn: of rows and seeds, in probabilities around .5. */
export interface AlikeMethods {
  readonly trials: number
  readonly seeds: number
  readonly rows: number
  readonly resamples: number
  /** standard deviation over seeds of training */
  readonly seedSpread: number
  /** of a row between the methods, alike in all seeds; and of a row between seeds */
  readonly rowSpread: number
  readonly noise: number
}

/** The share of trials in which two methods without any difference are told apart, by an interval that excludes 0. */
export function falseDifferences(setting: AlikeMethods): number {
  const { trials, seeds, rows, resamples, seedSpread, rowSpread, noise } = setting
  let apart = 0
  for (let trial = 0; trial < trials; trial++) {
    const draw = (what: string, ...places: number[]) =>
      gaussian(trial, [what, ...places.slice(1)], places[0])
    const groups = ['from', 'to'].map((method) =>
      Array.from({ length: seeds }, (_, seed) => {
        const shift = seedSpread * draw(`${method} seed`, seed)
        return Array.from({ length: rows }, (_, index) => {
          const own = 0.1 * draw('row', index) + rowSpread * draw(`${method} row`, index)
          const probability = 0.5 + shift + own + noise * draw(`${method} noise`, index, seed)
          return answered({ set: 'kept', index, probability: Math.max(1e-6, probability) })
        })
      }),
    )
    const [change] = benchmarkChanges(benchmark, groups[0], groups[1], { resamples, seed: trial })
    const [low, high] = change.interval ?? [0, 0]
    if (low > 0 || high < 0) apart++
  }
  return apart / trials
}
