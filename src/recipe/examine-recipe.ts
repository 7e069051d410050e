import type * as z from 'zod'
import type { Problem } from '../error.ts'
import { isMapping } from '../files/mapping.ts'
import { checkValue, type Hints, type Locate, problemAt } from './check.ts'
import type { Path, SourceDocument } from './document.ts'
import { applyOverrides, overrideOf, parseOverrides, type Setting } from './override.ts'
import { type Brought, type Provenance, provenanceOf } from './provenance.ts'
import { withValue } from './value-path.ts'

/** Something wrong between values that are each right by themselves. */
export type Conflict = Omit<Problem, 'path' | 'position'> & { at: Path; part: 'key' | 'value' }

/** A file or folder that a recipe names. */
export interface FileReference {
  at: Path
  kind: 'model' | 'data' | 'text' | 'tokenizer' | 'folder' | 'module'
}

/** One kind of recipe. */
export interface RecipeKind<T> {
  id: 'unlearn' | 'pretrain' | 'edit'
  /** What it is, for messages: `an unlearning recipe`. */
  title: string
  /** Short forms written out: `optimizer: adamw` becomes `optimizer: { id: adamw }`. */
  expand(written: unknown): unknown
  /** What is still open and follows from what is written: values that a part brings along. */
  fill?(written: unknown): readonly Brought[]
  /** The schema for this file; it may depend on what is written (the knobs of the chosen method) and on the file's name. */
  schemaFor(written: unknown, file: string): z.ZodType<T>
  /** Checks across values, on data that may be wrong in other ways too. */
  conflicts(written: unknown): Conflict[]
  /** The paths it reads, as far as they are there. */
  files(written: unknown): FileReference[]
  /** What is meant by a mistake, if this kind knows better than the schema. */
  hints?: Hints
}

/** A complete recipe: every default filled in, with the origin of each value. */
export interface Resolved<T> {
  recipe: T
  provenance: Provenance
  file: string
}

/** What is known of a recipe file, right or wrong. */
export interface Examined<T> {
  /** Null if there are problems. */
  resolved: Resolved<T> | null
  /** Every problem of the file and of the flags, in the order of the file. */
  problems: Problem[]
  /** The values of the file and of the flags, short forms written out; undefined if there are none. */
  written: unknown
  locate: Locate
}

/** Checks a parsed file together with settings that go before it, and fills in the defaults. */
export function examine<T>(
  kind: RecipeKind<T>,
  document: SourceDocument,
  sets: readonly Setting[] = [],
): Examined<T> {
  const { overrides, problems: flagProblems } = parseOverrides(sets)
  const problems = [...document.problems, ...flagProblems]
  const locate: Locate = (path, part) => {
    const override = overrideOf(overrides, path, document.value)
    return override ? { flag: override.flag } : { position: document.positionOf(path, part) }
  }
  if (document.value === undefined) {
    if (document.problems.length === 0) problems.push(emptyFile(kind, document))
    return { resolved: null, problems: sorted(problems), written: undefined, locate }
  }
  const inFile = kind.expand(withoutSchemaKey(document))
  const given = applyOverrides(inFile, overrides, kind.expand)
  const brought = kind.fill?.(given) ?? []
  const written = brought.reduce((filled, { at, value }) => withValue(filled, at, value), given)
  const schema = kind.schemaFor(written, document.file)
  problems.push(...checkValue(schema, written, locate, kind.hints))
  for (const { at, part, ...problem } of kind.conflicts(written))
    problems.push(problemAt(locate, at, part, problem))
  if (problems.length > 0) return { resolved: null, problems: sorted(problems), written, locate }
  const recipe = schema.parse(written)
  const provenance = provenanceOf(recipe, document, inFile, overrides, brought)
  return { resolved: { recipe, provenance, file: document.file }, problems, written, locate }
}

/** By line and column; what has no place in the file comes last, in its own order. */
export function sorted(problems: readonly Problem[]): Problem[] {
  const place = ({ position }: Problem) =>
    position ? position.line * 1e6 + position.column : Number.POSITIVE_INFINITY
  return problems.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
}

/** `takedown` for `recipes/takedown.yaml`: the name of the default run folder. */
export function recipeName(file: string): string {
  return file.replace(/^.*[/\\]/, '').replace(/\.(ya?ml|json)$/i, '') || 'run'
}

function emptyFile<T>(kind: RecipeKind<T>, document: SourceDocument): Problem {
  return {
    code: 'empty',
    position: document.positionOf([]),
    expected: kind.title,
    got: 'an empty file',
    hint: 'lethe init writes one to start from',
  }
}

/** JSON has no comments, so there the editor's schema stands in a key. */
function withoutSchemaKey({ file, value }: SourceDocument): unknown {
  if (!/\.json$/i.test(file) || !isMapping(value)) return value
  const { $schema: _, ...rest } = value
  return rest
}
