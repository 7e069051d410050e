import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { PlainTemplate } from '../../data/plain-template.ts'
import { type Problem, UserError } from '../../error.ts'
import { writeFileAtomic } from '../../files/atomic.ts'
import { textHash } from '../../files/content-hash.ts'
import { withFileErrors } from '../../files/file-error.ts'
import { readStoredJson } from '../../files/stored-json.ts'
import type { Benchmark } from '../benchmark.ts'
import { measuredPart } from '../earlier-names.ts'
import { shortHash, unlikeFacts } from '../likeness.ts'
import type { SampleRecord } from '../record.ts'
import { readRecordLines, readStoredRecords } from '../record-lines.ts'
import type { BenchmarkRow, LoadedSet } from '../rows/load-set.ts'
import type { MeasuredWork } from '../score/measure-rows.ts'

/** SHA-256 of the part of a benchmark's declaration that says what is measured. */
export function declarationHash(benchmark: Benchmark): string {
  return textHash(JSON.stringify(measuredPart(benchmark)))
}

/**
 * The version of the measuring: raised where the code gives other records for the same model and data, and not with every version
 * of the package. 2: an answer to a chat prompt ends where the template ends a turn. Evaluations that do not say are of 1.
 */
export function measuringOf(templates: EvaluationIdentity['templates']): number {
  return Object.values(templates).includes('chat') ? 2 : 1
}

/** The identity of an evaluation: benchmark, model, tokenizer, data. Evaluations are alike if all but the model, and Lethe's version, is the same. */
export interface EvaluationIdentity {
  readonly benchmark: string
  /** SHA-256 of the benchmark's declaration */
  readonly declaration: string
  /** SHA-256 of configuration and weights */
  readonly model: string
  /** SHA-256 of the tokens of all that was measured: a tokenizer with one more token that no text has is alike */
  readonly tokenizer: string
  /** set → SHA-256 of its file */
  readonly data: Readonly<Record<string, string>>
  /** set → how prompts are written */
  readonly templates: Readonly<Record<string, 'chat' | PlainTemplate>>
  /** that the layers of this one were put into, where the benchmark asks for it */
  readonly original?: string
  readonly limit: number | null
  readonly split: string | null
  /** the package's version, for whoever reads it */
  readonly lethe: string
  readonly measuring?: number
}

/** The content of `evaluation.json`. */
export interface EvaluationFile {
  readonly identity: EvaluationIdentity
  readonly modelName: string
  readonly truncatedTexts: number
  readonly missingSets: readonly string[]
  /** null until it is complete */
  readonly work: (MeasuredWork & { readonly seconds: number }) | null
}

const evaluationSchema = z.looseObject({
  identity: z.looseObject({
    benchmark: z.string(),
    declaration: z.string(),
    model: z.string(),
    tokenizer: z.string(),
    data: z.record(z.string(), z.string()),
    templates: z.record(z.string(), z.union([z.string(), z.looseObject({})])),
    original: z.string().optional(),
    limit: z.number().nullable(),
    split: z.string().nullable(),
    lethe: z.string().optional(),
    measuring: z.number().optional(),
  }),
  modelName: z.string(),
  truncatedTexts: z.number(),
  missingSets: z.array(z.string()),
  work: z
    .looseObject({
      ...{ records: z.number(), scoredTokens: z.number(), generatedTokens: z.number() },
      ...{ scoringSeconds: z.number(), generatingSeconds: z.number(), seconds: z.number() },
    })
    .nullable(),
})

/** The file of an evaluation, complete or not. @throws UserError where it is missing or damaged */
export function readEvaluationFile(folder: string): EvaluationFile {
  return readStoredJson(join(folder, 'evaluation.json'), evaluationSchema)
}

/**
 * Reads a complete evaluation.
 *
 * @throws UserError where there is none, or it was stopped
 */
export function readEvaluation(folder: string): {
  readonly file: EvaluationFile
  readonly records: readonly SampleRecord[]
} {
  const path = join(folder, 'evaluation.json')
  if (!existsSync(path))
    throw new UserError({
      code: 'no-evaluation',
      path: folder,
      expected: 'an evaluation (with evaluation.json)',
      got: existsSync(folder) ? 'a folder without one' : 'nothing there',
      hint: 'Make it with lethe eval or lethe benchmark prepare',
    })
  const file = readEvaluationFile(folder)
  if (!file.work)
    throw new UserError({
      code: 'unfinished-evaluation',
      path: folder,
      expected: 'a complete evaluation',
      got: 'one that was stopped',
      hint: 'Call the same lethe eval again: it goes on where it was stopped',
    })
  return { file, records: readRecordLines(recordsPath(folder)) }
}

type Fact = 'declaration' | 'original' | 'limit' | 'split' | 'measuring' | 'tokenizer'

/** The problems for which two evaluations must not be compared; empty where they may. `except`: what may differ. */
export function unlikeProblems(
  expected: EvaluationFile,
  got: EvaluationFile,
  path: string,
  except: readonly Fact[] = [],
): Problem[] {
  const compared = (facts: (identity: EvaluationIdentity) => Record<string, unknown>) => {
    const [left, right] = [expected, got].map(({ identity }) =>
      Object.fromEntries(
        Object.entries(facts(identity)).filter(([name]) => !except.includes(name as Fact)),
      ),
    )
    return unlikeFacts(left, right, path)
  }
  const problems = compared(factsOf)
  // Other texts are other tokens by any tokenizer.
  if (problems.length === 0) problems.push(...compared(({ tokenizer }) => ({ tokenizer })))
  return problems.map((problem) => ({
    ...problem,
    hint: 'Only evaluations of the same data, prompts, tokenizer and code can be compared',
  }))
}

function factsOf(identity: EvaluationIdentity): Record<string, unknown> {
  const { benchmark, declaration, original, limit, split, data, templates } = identity
  const { measuring = 1 } = identity
  const ofSets = (what: string, values: Readonly<Record<string, unknown>>) =>
    Object.entries(values).map(([set, value]) => [`${what} of "${set}"`, value])
  return {
    ...{ benchmark, declaration, original, limit, split, measuring },
    ...Object.fromEntries([...ofSets('data', data), ...ofSets('template', templates)]),
  }
}

export function recordsPath(folder: string): string {
  return join(folder, 'records.jsonl')
}

/** Makes the folder, or finds in it what was begun; refuses that of something else. */
export async function beginFolder(
  folder: string,
  file: EvaluationFile,
  replace: boolean,
): Promise<EvaluationFile | null> {
  const path = join(folder, 'evaluation.json')
  withFileErrors(folder, () => mkdirSync(folder, { recursive: true }))
  if (existsSync(path) && !replace) {
    const there = readEvaluationFile(folder)
    const problems = unlikeProblems(there, file, folder)
    if (there.identity.model !== file.identity.model)
      problems.unshift({
        code: 'unlike',
        path: folder,
        expected: `model ${shortHash(there.identity.model)}, whose records are there`,
        got: shortHash(file.identity.model),
      })
    if (problems.length > 0)
      throw new UserError(
        problems.map((problem) => ({
          ...problem,
          hint: 'Choose another --output, or --replace what is there',
        })),
      )
    return there
  }
  withFileErrors(folder, () => {
    for (const name of ['records.jsonl', 'results.json'])
      rmSync(join(folder, name), { force: true })
  })
  await writeEvaluation(folder, file)
  return null
}

export async function writeEvaluation(folder: string, file: EvaluationFile): Promise<void> {
  await writeFileAtomic(join(folder, 'evaluation.json'), `${JSON.stringify(file, null, 2)}\n`)
}

/** The records that are stored. @throws UserError where they are not of the first rows, in order */
export function storedRecords(
  path: string,
  loaded: ReadonlyMap<string, LoadedSet>,
): readonly SampleRecord[] {
  if (!existsSync(path)) return []
  const done = readStoredRecords(path)
  requireOwnRecords(done, loaded, path)
  return done
}

/** Stored records must be the first rows, in order. */
function requireOwnRecords(
  done: readonly SampleRecord[],
  loaded: ReadonlyMap<string, LoadedSet>,
  path: string,
): void {
  const rows: BenchmarkRow[] = [...loaded.values()].flatMap((set) => set.rows)
  const wrong = done.findIndex(
    ({ set, index }, i) => rows[i]?.set !== set || rows[i]?.index !== index,
  )
  if (wrong < 0) return
  const { set, index } = done[wrong]
  throw new UserError({
    code: 'strange-record',
    position: { file: path, line: wrong + 1, column: 1 },
    expected: rows[wrong]
      ? `the record of ${rows[wrong].set} ${rows[wrong].index}`
      : 'no more records',
    got: `${set} ${index}`,
    hint: 'The file was changed by hand: --replace measures anew',
  })
}
