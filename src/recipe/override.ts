import { parseDocument } from 'yaml'
import type { Problem } from '../error.ts'
import type { Path } from './document.ts'
import { pathText, valueAt, withValue } from './value-path.ts'
import { depthProblem, nestingProblem } from './yaml.ts'

/** One `--set train.learningRate=3e-5` of the command line. */
export interface Override {
  path: string[]
  value: unknown
  /** As it was written, for messages. */
  flag: string
}

/** A value that goes before the file's: as text of the command line, `path=value` in YAML, or as it is. */
export type Setting = string | { readonly path: string; readonly value: unknown }

/** Reads settings; the value of a text is YAML, so `3e-5` is a number and `{ rank: 8 }` a mapping. */
export function parseOverrides(settings: readonly Setting[]): {
  overrides: Override[]
  problems: Problem[]
} {
  const overrides: Override[] = []
  const problems: Problem[] = []
  for (const text of settings) {
    if (typeof text !== 'string') {
      const { path, value } = text
      const shown = typeof value === 'string' ? value : JSON.stringify(value)
      overrides.push({ path: path.split('.'), value, flag: `--set ${path}=${shown}` })
      continue
    }
    const flag = `--set ${text}`
    const equals = text.indexOf('=')
    const path = text.slice(0, equals).split('.')
    const written = text.slice(equals + 1)
    const deep = nestingProblem(written, '')
    const document = parseDocument(deep ? '' : written, { prettyErrors: false })
    if (equals < 1 || path.some((key) => !/^[\w$-]+$/.test(key)))
      problems.push({
        code: 'bad-override',
        expected: 'path=value',
        got: flag,
        hint: 'For example --set train.learningRate=3e-5',
      })
    else if (document.errors.length > 0 || document.warnings.length > 0)
      problems.push({
        code: 'bad-override',
        path: pathText(path),
        expected: 'a YAML value after "="',
        got: flag,
        hint: [...document.errors, ...document.warnings][0].message,
      })
    else {
      const value: unknown = document.toJS()
      const tooDeep = deep ?? depthProblem(value, '')
      if (tooDeep)
        problems.push({
          code: tooDeep.code,
          path: pathText(path),
          expected: tooDeep.expected,
          got: `more in --set ${pathText(path)}`,
        })
      else overrides.push({ path, value, flag })
    }
  }
  return { overrides, problems }
}

/**
 * `value` with the overrides put in, in their order; `value` itself is not touched.
 *
 * @param expand writes short forms out after each, so that `method=npo` and then `method.beta=0.5` do what they say
 */
export function applyOverrides(
  value: unknown,
  overrides: readonly Override[],
  expand: (value: unknown) => unknown,
): unknown {
  return overrides.reduce(
    (result, { path, value }) => expand(withValue(result, path, value)),
    value,
  )
}

/**
 * The last override that set the value at `path` or one of its parents; or, where the file's `value` has nothing
 * there, one that made it by setting something inside.
 */
export function overrideOf(
  overrides: readonly Override[],
  path: Path,
  value?: unknown,
): Override | undefined {
  const setting = overrides.findLast((override) =>
    override.path.every((key, depth) => key === path[depth]),
  )
  if (setting || path.length === 0 || valueAt(value, path) !== undefined) return setting
  return overrides.findLast((override) => path.every((key, depth) => key === override.path[depth]))
}
