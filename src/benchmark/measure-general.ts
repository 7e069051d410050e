import type { Benchmark } from '../measure/benchmark.ts'
import type { SampleRecord } from '../measure/record.ts'
import { loadSet } from '../measure/rows/load-set.ts'
import { chunksOf, type MeasureOptions, measureChunk } from '../measure/score/measure-rows.ts'
import type { Measurer } from '../measure/score/measurer.ts'

/**
 * Measures general ability on a model in memory, as it is now: the records that {@link general}'s metrics are made of.
 *
 * @param benchmark  {@link general}, or one of fewer questions
 * @param options.limit  questions of each area, spread evenly; all unless given
 * @returns null where it was asked to stop
 */
export async function measureGeneralAbility(
  benchmark: Benchmark,
  measurer: Measurer,
  options: Pick<MeasureOptions, 'clock' | 'stopRequested'> & { readonly limit?: number | null },
): Promise<SampleRecord[] | null> {
  const { limit = null, ...running } = options
  const { tokenizer, model } = measurer.session
  const records: SampleRecord[] = []
  for (const [name, set] of Object.entries(benchmark.sets)) {
    const loaded = await loadSet('.', name, set, {
      tokenizer,
      maxPositions: model.maxPositions,
      limit,
    })
    for (const chunk of chunksOf(loaded?.rows ?? [])) {
      const measured = await measureChunk(chunk, { benchmark, measurer, ...running })
      if (!measured) return null
      records.push(...measured)
    }
  }
  return records
}
