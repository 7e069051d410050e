import { loadExamples } from '../data/index.ts'
import { createEngine } from '../engine/node.ts'
import { UserError } from '../error.ts'
import { type MetricSummary, summarise } from '../metric/index.ts'
import type { EvaluationRecord, EvaluationSet } from '../metric/record.ts'
import { evaluateSet } from '../train/evaluate.ts'
import { createEvaluator } from './evaluator.ts'
import { spread } from './look.ts'
import { openModel, openSession } from './session.ts'

/** Measures any model folder on a forget and a retain set. */
export async function evaluateModel(options: {
  model: string
  forget: string | null
  retain: string | null
  limit: number | null
  maxNewTokens: number
}): Promise<MetricSummary[]> {
  const sets = (['forget', 'retain'] as const).flatMap((set): [EvaluationSet, string][] => {
    const path = options[set]
    return path === null ? [] : [[set, path]]
  })
  if (sets.length === 0)
    throw new UserError({
      code: 'missing',
      path: 'eval',
      expected: 'at least one of --forget and --retain',
      got: 'neither',
    })
  const engine = await createEngine()
  try {
    const session = await openSession(engine, await openModel(options.model), null)
    const { tokenizer, model } = session
    const evaluator = await createEvaluator(session, options.maxNewTokens)
    const records: EvaluationRecord[] = []
    for (const [set, path] of sets) {
      const { examples } = await loadExamples(path, tokenizer, { maxLength: model.maxPositions })
      records.push(...(await evaluateSet(set, spread(examples, options.limit), evaluator)))
    }
    return summarise(records, 0)
  } finally {
    engine.dispose()
  }
}
