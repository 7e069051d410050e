import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { benchmarks } from '../benchmark/benchmarks.ts'
import { UserError } from '../error.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { withTodaysNames } from '../measure/earlier-names.ts'
import { evaluatedModel } from '../measure/evaluation/evaluated-model.ts'
import {
  declarationHash,
  type EvaluationFile,
  readEvaluationFile,
} from '../measure/evaluation/evaluation-file.ts'
import {
  evaluationFolders,
  readResults,
  type StoredEvaluation,
} from '../measure/evaluation/stored-evaluation.ts'
import { withExtras } from '../measure/extras.ts'
import { metricKinds } from '../measure/kind/kinds.ts'
import { describeComposite } from '../measure/results.ts'
import { trustWarnings } from '../measure/trust.ts'
import type { EvaluationSettings } from '../recipe/section/evaluation-section.ts'
import { parseYaml } from '../recipe/yaml.ts'
import type { RunFolder } from './run-folder.ts'

/** A complete evaluation of a run's model. */
export interface RunEvaluated extends StoredEvaluation {
  readonly path: string
  readonly file: EvaluationFile
}

/**
 * The complete evaluations on benchmarks in a run's folder.
 *
 * Those of version 0.1 hold no numbers: they are computed from their records, by a benchmark that ships; those by a
 * benchmark of one's own are left out.
 */
export function readEvaluations(folder: RunFolder): RunEvaluated[] {
  return evaluationFolders(folder.evaluation).flatMap((path): RunEvaluated[] => {
    const file = readEvaluationFile(path)
    if (!file.work) return []
    const stored = readResults(path)
    const found = stored ? readToday(stored) : computed(path, file, folder)
    return found ? [{ ...found, path, file }] : []
  })
}

/** Numbers by the names of today, without the intervals that p-values had up to version 0.2. */
function readToday({ benchmark: before, results, warnings }: StoredEvaluation): StoredEvaluation {
  const { benchmark, nameOf } = withTodaysNames(before, benchmarks.get(before.id))
  const isRenamed = benchmark !== before
  const renamed = results.map((result) => {
    const key = nameOf(result.key)
    const title = result.title === result.key ? key : result.title
    const kind = metricKinds.get(benchmark.metrics[key]?.kind)
    const composite = benchmark.composites[key]
    return {
      ...{ ...result, key, title },
      ...(composite && { description: describeComposite(composite) }),
      ...(kind?.withoutInterval && { interval: null }),
    }
  })
  return {
    benchmark,
    results: renamed,
    warnings: isRenamed ? trustWarnings(benchmark, renamed) : warnings,
  }
}

function computed(
  path: string,
  { identity }: EvaluationFile,
  folder: RunFolder,
): StoredEvaluation | null {
  const settings = evaluationSettingsOf(folder)
  const named = benchmarks.get(identity.benchmark)
  const benchmark = [named, named && settings && withExtras(named, settings.with)].find(
    (each) => each && declarationHash(each) === identity.declaration,
  )
  if (!benchmark) return null
  const references = settings?.references ? resolve(settings.references) : null
  try {
    return evaluatedModel(benchmark, path, references && existsSync(references) ? references : null)
  } catch (error) {
    // References that were made anew are of other records.
    if (!(error instanceof UserError)) throw error
    return evaluatedModel(benchmark, path, null)
  }
}

/** The settings of the evaluation in a run's recipe; null where it asks for none. */
export function evaluationSettingsOf({ recipe }: RunFolder): EvaluationSettings | null {
  if (!existsSync(recipe)) return null
  const written = parseYaml(readBoundedText(recipe), recipe) as {
    evaluate?: { benchmark?: EvaluationSettings | null }
  } | null
  return written?.evaluate?.benchmark ?? null
}
