import type { Stream } from '../math/random.ts'
import { drawnPlaces, type Interval, percentileInterval } from '../metric/index.ts'
import type { Benchmark, BenchmarkComposite } from './benchmark.ts'
import type { MetricKinds } from './kind/kind.ts'
import { type AllScores, kindOf, Missing, type Values } from './values.ts'

/** The settings of the bootstrap: how intervals are drawn. */
export interface Resampling {
  /** 0 unless told */
  readonly seed?: number
  /** 1000 unless told; 0 where intervals are not wanted */
  readonly resamples?: number
  /** of the draws of a set; each set has its own unless told */
  readonly stream?: (set: string) => Stream
}

/** A benchmark without the numbers of which an interval would mislead, and without what is made of them. */
export function withoutUndrawn(benchmark: Benchmark, kinds: MetricKinds): Benchmark {
  const metrics = Object.fromEntries(
    Object.entries(benchmark.metrics).filter(
      ([, metric]) => !kindOf(metric, kinds).kind.withoutInterval,
    ),
  )
  const drawn = new Set(Object.keys(metrics))
  const composites: Record<string, BenchmarkComposite> = {}
  for (const [key, composite] of Object.entries(benchmark.composites)) {
    if (composite.of.some(({ metric }) => isKnown(benchmark, metric) && !drawn.has(metric)))
      continue
    composites[key] = composite
    drawn.add(key)
  }
  return { ...benchmark, metrics, composites }
}

const isKnown = ({ metrics, composites }: Benchmark, key: string) =>
  key in metrics || key in composites

const streamOf = (set: string): Stream => ['bootstrap', set]

/**
 * 95 % percentile bootstrap intervals of values, by key: the scores of each set are drawn again with replacement, by the
 * same draws for all metrics.
 *
 * @param valuesOf the values of one draw
 */
export function resampledIntervals(
  scores: AllScores,
  valuesOf: (drawn: AllScores) => Values,
  resampling: Resampling,
): Map<string, Interval> {
  const draws = new Map<string, number[]>()
  eachDraw([scores], resampling, ([drawn]) => {
    for (const [key, value] of valuesOf(drawn)) {
      if (value instanceof Missing) continue
      const known = draws.get(key)
      if (known) known.push(value)
      else draws.set(key, [value])
    }
  })
  return new Map([...draws].map(([key, values]) => [key, percentileInterval(values)]))
}

/**
 * Draws the scores of each set again and again, by the same draws for all metrics and for all models.
 *
 * @param models scores of the same records
 */
export function eachDraw(
  models: readonly AllScores[],
  { seed = 0, resamples = 1000, stream = streamOf }: Resampling,
  take: (drawn: readonly AllScores[]) => void,
): void {
  for (let draw = 0; draw < resamples; draw++) {
    const places = new Map<string, Int32Array>()
    const placesOf = (set: string, size: number) => {
      const found = places.get(set) ?? drawnPlaces(size, draw, { seed, stream: stream(set) })
      places.set(set, found)
      return found
    }
    take(models.map((scores) => drawnScores(scores, placesOf)))
  }
}

function drawnScores(
  scores: AllScores,
  placesOf: (set: string, size: number) => Int32Array,
): AllScores {
  return new Map(
    [...scores].map(([key, own]) => [
      key,
      own instanceof Missing
        ? own
        : Object.fromEntries(
            Object.entries(own).map(([set, list]) => [
              set,
              Array.from(placesOf(set, list.length), (place) => list[place]),
            ]),
          ),
    ]),
  )
}
