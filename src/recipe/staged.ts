import * as z from 'zod'
import { type Problem, UserError } from '../error.ts'
import { isMapping } from '../files/mapping.ts'
import type { Path, SourceDocument } from './document.ts'
import { builtInRegistry, type Registry } from './registry.ts'
import { pathText } from './value-path.ts'

/** One stage as it is written: a run or an edit, whose recipe is a document of its own, or a merge. */
export type WrittenStage = {
  readonly name: string
  /** Name of its folder in the output: `2-light`. */
  readonly folder: string
} & (
  | {
      readonly kind: 'unlearn'
      /** `start`, or the stage whose model it begins with. */
      readonly from: string
      /** The forget set is cut into pieces of so many examples, forgotten one after another; null: whole. */
      readonly chunkSize: number | null
      /** Its recipe without model and output; positions are those of the staged recipe. */
      readonly document: SourceDocument
    }
  | {
      readonly kind: 'edit'
      readonly from: string
      /** As of a run, but of model, data and edit alone. */
      readonly document: SourceDocument
    }
  | {
      readonly kind: 'merge'
      /** Where it stands in the recipe. */
      readonly at: Path
      /** Earlier stages, and model folders: what has a slash, begins with a dot or with `hub:`. */
      readonly of: readonly string[]
      readonly weights: readonly number[]
      readonly rule: string
      readonly knobs: Readonly<Record<string, unknown>>
    }
)

/** A recipe of stages, each of which begins with the model that an earlier one left. */
export interface StagedDocument {
  readonly output: string
  readonly stages: readonly WrittenStage[]
}

/** Sections that stages share; what a stage says of a key goes before. */
const shared = ['model', 'forget', 'retain', 'method', 'train', 'evaluate'] as const
const topKeys: readonly string[] = [...shared, 'plugins', 'stages', 'output']
const ownKeys = ['name', 'from', 'chunkSize', 'edit', 'merge', ...shared.slice(1)]

/** Whether a model to be merged is one of a folder, and not of a stage. */
export function isModelFolder(text: string): boolean {
  return /[/\\]|^\.|^hub:/.test(text)
}

const stageName = z.string().regex(/^[A-Za-z][\w-]*$/)
const mergeSchema = ({ mergeRules }: Registry) =>
  z.strictObject({
    of: z.array(z.string().min(1)).min(2),
    rule: z.enum([...mergeRules.keys()]).default('ties'),
    weights: z.array(z.number()).optional(),
    density: z.number().gt(0).lte(1).optional(),
  })

/**
 * Takes a recipe of stages apart.
 *
 * @throws UserError with every problem of the stages' own keys; what is inside their sections is checked with each recipe
 */
export function parseStages(
  document: SourceDocument,
  registry: Registry = builtInRegistry,
): StagedDocument {
  const problems: Problem[] = [...document.problems]
  const top = isMapping(document.value) ? document.value : {}
  const refuse = (path: Path, part: 'key' | 'value', problem: Omit<Problem, 'position' | 'path'>) =>
    problems.push({
      path: pathText(path),
      position: document.positionOf(path, part),
      ...problem,
    })
  for (const key of Object.keys(top))
    if (!topKeys.includes(key)) refuse([key], 'key', unknownKey(key, topKeys))
  const written = Array.isArray(top.stages) ? top.stages : []
  if (written.length === 0)
    refuse(['stages'], 'value', {
      code: 'wrong-type',
      expected: 'a non-empty list of stages',
      got: JSON.stringify(top.stages) ?? 'none',
    })
  const names: string[] = []
  const stages = written.flatMap((stage: unknown, i): WrittenStage[] => {
    const at: Path = ['stages', i]
    if (!isMapping(stage)) {
      refuse(at, 'value', { code: 'wrong-type', expected: 'a mapping', got: JSON.stringify(stage) })
      return []
    }
    for (const key of Object.keys(stage))
      if (!ownKeys.includes(key)) refuse([...at, key], 'key', unknownKey(key, ownKeys))
    const name = stageName.safeParse(stage.name)
    if (!name.success || names.includes(name.data) || name.data === 'start') {
      refuse([...at, 'name'], 'value', {
        code: 'bad-name',
        expected: 'a name of its own, of letters, digits, _ and -, other than "start"',
        got: JSON.stringify(stage.name) ?? 'nothing',
      })
      return []
    }
    const earlier = ['start', ...names]
    const known = (value: unknown, path: Path) => {
      if (earlier.includes(String(value))) return true
      refuse(path, 'value', {
        code: 'unknown-stage',
        expected: earlier.join(', '),
        got: JSON.stringify(value),
      })
      return false
    }
    const folder = `${i + 1}-${name.data}`
    const previous = names.at(-1) ?? 'start'
    names.push(name.data)
    if (stage.merge !== undefined) {
      const found = mergeSchema(registry).safeParse(stage.merge)
      if (!found.success) {
        for (const issue of found.error.issues)
          refuse([...at, 'merge', ...(issue.path as string[])], 'value', {
            code: 'wrong-value',
            expected: issue.message,
            got: JSON.stringify(stage.merge),
          })
        return []
      }
      const { of, rule, density, weights = of.map(() => 1) } = found.data
      const fine = of
        .map((each, k) => isModelFolder(each) || known(each, [...at, 'merge', 'of', k]))
        .every(Boolean)
      if (weights.length !== of.length)
        refuse([...at, 'merge', 'weights'], 'value', {
          code: 'wrong-value',
          expected: `a weight for each of ${of.length} models`,
          got: JSON.stringify(weights),
        })
      const knobs = registry.mergeRules
        .get(rule)
        ?.schema.safeParse(density === undefined ? {} : { density })
      if (!fine || !knobs?.success) return []
      return [{ kind: 'merge', name: name.data, folder, at, of, rule, weights, knobs: knobs.data }]
    }
    const from = stage.from ?? previous
    if (!known(from, [...at, 'from'])) return []
    const stageOf = (sections: readonly string[]) =>
      stageDocument(document, sections, { top, stage, at })
    if (stage.edit !== undefined) {
      for (const key of ['chunkSize', 'method', 'train', 'evaluate'])
        if (stage[key] !== undefined)
          refuse([...at, key], 'key', unknownKey(key, ['name', 'from', 'forget', 'retain', 'edit']))
      const own = stageOf(['model', 'plugins', 'forget', 'retain', 'edit'])
      return [{ kind: 'edit', name: name.data, folder, from: String(from), document: own }]
    }
    const chunkSize = stage.chunkSize ?? null
    if (chunkSize !== null && !(Number.isInteger(chunkSize) && Number(chunkSize) > 0))
      refuse([...at, 'chunkSize'], 'value', {
        code: 'wrong-value',
        expected: 'a whole number > 0',
        got: JSON.stringify(chunkSize),
      })
    return [
      {
        kind: 'unlearn',
        name: name.data,
        folder,
        from: String(from),
        chunkSize: chunkSize as number | null,
        document: stageOf(['plugins', ...shared]),
      },
    ]
  })
  if (problems.length > 0) throw new UserError(problems)
  const output = top.output === undefined ? `runs/${baseName(document.file)}` : String(top.output)
  return { output, stages }
}

/** The recipe of one stage: its own sections over the shared ones, key by key; a method is taken whole. */
function stageDocument(
  document: SourceDocument,
  sections: readonly string[],
  {
    top,
    stage,
    at,
  }: {
    top: Readonly<Record<string, unknown>>
    stage: Readonly<Record<string, unknown>>
    at: Path
  },
): SourceDocument {
  const value: Record<string, unknown> = {}
  for (const section of sections) {
    const [common, own] = [top[section], stage[section]]
    const merged =
      section !== 'method' && isMapping(common) && isMapping(own)
        ? { ...common, ...own }
        : (own ?? common)
    if (merged !== undefined) value[section] = merged
  }
  return {
    file: document.file,
    value,
    problems: [],
    positionOf(path, part) {
      const isOwn =
        isMapping(stage[String(path[0])]) && path.length > 1
          ? Object.hasOwn(stage[String(path[0])] as object, path[1])
          : stage[String(path[0])] !== undefined
      return document.positionOf(isOwn || path.length === 0 ? [...at, ...path] : path, part)
    },
  }
}

function unknownKey(key: string, known: readonly string[]) {
  return {
    code: 'unknown-key',
    expected: `one of ${known.join(', ')}`,
    got: `unknown key "${key}"`,
  }
}

function baseName(file: string): string {
  return file.replace(/^.*[/\\]/, '').replace(/\.(ya?ml|json)$/i, '') || 'run'
}
