import type * as z from 'zod'
import { nearest, type Position, type Problem } from '../error.ts'
import { isMapping } from '../files/mapping.ts'
import type { Path } from './document.ts'
import { expectedOf, knownKeys, pathsOfKey, schemaAt } from './expected.ts'
import { describeValue, numberText, pathText, valueAt } from './value-path.ts'

/** Where a value came from: a place in the file, or the command-line flag that set it. */
export interface Place {
  position?: Position
  flag?: string
}

/** Tells where the value (or its key) at a path came from. */
export type Locate = (path: Path, part: 'key' | 'value') => Place

/** What a kind of recipe knows of mistakes that a schema does not. */
export interface Hints {
  /** What may be meant by a key that is not known at `path`. */
  key?(path: Path, key: string): string | undefined
  /** What may be meant by a value that is wrong at `path`. */
  value?(path: Path, value: unknown): string | undefined
}

interface CheckContext {
  schema: z.ZodType
  value: unknown
  locate: Locate
  hints: Hints
  /** Paths of known keys that misspelt ones were meant to be; filled in here. */
  meant: Set<string>
}

/** All the ways in which `value` is not what `schema` says, as problems with their place and a hint; empty when it is. */
export function checkValue(
  schema: z.ZodType,
  value: unknown,
  locate: Locate,
  hints: Hints = {},
): Problem[] {
  const result = schema.safeParse(value)
  if (result.success) return []
  const meant = new Set<string>()
  const problems = problemsOf(result.error.issues, [], { schema, value, locate, hints, meant })
  // A misspelt key is one mistake, not also a missing key.
  return problems.filter(({ code, path }) => code !== 'missing' || !meant.has(path ?? ''))
}

function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  parent: Path,
  context: CheckContext,
): Problem[] {
  return issues.flatMap((issue) => {
    const path = [...parent, ...(issue.path as Path)]
    const value = valueAt(context.value, path)
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey(path, key, context))
    if (issue.code === 'invalid_union' && isMapping(value)) {
      const known = knownKeys(schemaAt(context.schema, path))
      const strange = Object.keys(value).filter((key) => !known.includes(key))
      if (strange.length > 0) return strange.map((key) => unknownKey(path, key, context))
      // The alternative that knows all the keys is the one that was meant.
      const meant = issue.errors.find((branch) => branch.every(isInside))
      if (meant) return problemsOf(meant, path, context)
    }
    return [wrongValue(path, value, context)]
  })
}

/** True for an issue of a part of the value, rather than of its kind or its keys. */
function isInside(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 && issue.code !== 'unrecognized_keys'
}

/** A problem at `path`, with the place (or the flag) it came from. */
export function problemAt(
  locate: Locate,
  path: Path,
  part: 'key' | 'value',
  problem: Omit<Problem, 'path' | 'position'>,
): Problem {
  const { position, flag } = locate(path, part)
  return {
    ...problem,
    path: pathText(path),
    got: flag ? `${problem.got} (from ${flag})` : problem.got,
    ...(position ? { position } : {}),
  }
}

function unknownKey(path: Path, key: string, context: CheckContext): Problem {
  const { schema, locate, hints, meant } = context
  const known = knownKeys(schemaAt(schema, path))
  const elsewhere = pathsOfKey(schema, key)
  const similar = nearest(key, known)
  if (similar) meant.add(pathText([...path, similar]))
  const hint = similar
    ? `Did you mean "${similar}"?`
    : (hints.key?.(path, key) ??
      (elsewhere.length > 0 ? `"${key}" belongs at ${elsewhere.join(' or ')}` : undefined))
  return problemAt(locate, [...path, key], 'key', {
    code: 'unknown-key',
    expected: `one of ${known.join(', ')}`,
    got: `unknown key "${key}"`,
    ...(hint ? { hint } : {}),
  })
}

function wrongValue(path: Path, value: unknown, { schema, locate, hints }: CheckContext): Problem {
  const field = schemaAt(schema, path) ?? schema
  const hint =
    value === undefined ? field.description : (hints.value?.(path, value) ?? hintFor(field, value))
  return problemAt(locate, path, 'value', {
    code: value === undefined ? 'missing' : 'wrong-value',
    expected: expectedOf(field),
    got: describeValue(value),
    ...(hint ? { hint } : {}),
  })
}

/** What the writer most likely meant. */
function hintFor(field: z.ZodType, value: unknown): string | undefined {
  const accepts = (candidate: unknown) => field.safeParse(candidate).success
  if (typeof value === 'string') {
    const number =
      value.trim() === '' ? Number.NaN : Number(value.replaceAll(/(?<=\d)[_,](?=\d)/g, ''))
    if (accepts(number))
      return `"${value}" is text here; write the number without quotes: ${numberText(number)}`
    if (/^(yes|on|true)$/i.test(value) && accepts(true)) return 'Write true'
    if (/^(no|off|false)$/i.test(value) && accepts(false)) return 'Write false'
    if (/^(none|off|no|never)$/i.test(value) && accepts(null)) return 'Write null'
    const similar = nearest(value, choicesOf(field))
    return similar ? `Did you mean "${similar}"?` : undefined
  }
  if (value === false && accepts(null)) return 'Write null to switch it off'
  if (value === null && accepts({})) return 'Leave the key out to use the defaults'
  if ((typeof value === 'number' || typeof value === 'boolean') && accepts(String(value)))
    return `Put it in quotes: "${value}"`
  return undefined
}

function choicesOf(field: z.ZodType): string[] {
  return expectedOf(field).split(/, | or /)
}
