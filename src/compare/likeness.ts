import type { Problem } from '../error.ts'
import type { EvaluationRecord } from '../metric/index.ts'
import type { ComparedRun } from './compared-run.ts'

/** Nats by which two measurements of one model may differ on one answer. */
const tolerance = 0.05

/**
 * Why runs must not be compared: the records before training say what was measured, and on which model.
 *
 * Two runs are alike if they were measured on the same prompts and answers, and if the model gave each answer the same
 * likelihood before training: then start model, tokenizer, template and data were the same, whatever they were called.
 */
export function unlikeness(runs: readonly ComparedRun[]): Problem[] {
  // A run that ended before it was measured is shown with its reason, and has nothing that could be unlike.
  const [first, ...others] = runs.filter(({ before }) => before.length > 0)
  if (!first)
    return [
      {
        code: 'not-measured',
        expected: 'at least one run with records of the model before training',
        got: 'none',
      },
    ]
  const expected = byExample(first.before)
  return others.flatMap((run) => {
    const found = [
      differenceOf(expected, byExample(run.before)),
      ...measuredBy.map((path) => settingDifference(path, first, run)),
    ].filter((problem) => problem !== null)
    return found.map((problem) => ({
      path: run.name,
      hint: `Compared with ${first.name}`,
      ...problem,
    }))
  })
}

/** Settings that change what is measured after training and cannot be told from the records before. */
const measuredBy = ['evaluate.maxNewTokens']

function settingDifference(path: string, first: ComparedRun, run: ComparedRun): Problem | null {
  const [expected, got] = [first, run].map(({ settings }) => JSON.stringify(settings[path]))
  return expected === got ? null : { code: 'other-measure', expected: `${path} ${expected}`, got }
}

type Records = ReadonlyMap<string, EvaluationRecord>

function differenceOf(expected: Records, found: Records): Problem | null {
  const missing = [...expected.keys()].filter((key) => !found.has(key))
  if (missing.length > 0 || found.size !== expected.size)
    return {
      code: 'other-examples',
      expected: `the same ${expected.size} examples`,
      got: `${found.size}, of which ${expected.size - missing.length} are the same`,
    }
  for (const [key, record] of expected) {
    const other = found.get(key) as EvaluationRecord
    if (other.prompt !== record.prompt || other.answer !== record.answer)
      return {
        code: 'other-examples',
        expected: `${key} to be ${JSON.stringify(record.prompt)}`,
        got: JSON.stringify(other.prompt),
      }
    if (Math.abs(other.answerLogProb - record.answerLogProb) > tolerance)
      return {
        code: 'other-start',
        expected: `a model that gives the answer to ${key} ${record.answerLogProb.toFixed(2)} nats before training`,
        got: `one that gives it ${other.answerLogProb.toFixed(2)}`,
      }
  }
  return null
}

function byExample(records: readonly EvaluationRecord[]): Records {
  return new Map(records.map((record) => [`${record.set} #${record.index}`, record]))
}
