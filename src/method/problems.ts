import { z } from 'zod'
import { nearest, type Problem } from '../error.ts'
import { knobsOf, typeText } from './knobs.ts'
import type { MethodRegistry } from './methods.ts'
import { mapping, methodSchemaFor } from './schema.ts'

/** What is wrong with a `method` section, from what its schema objects to. */
export function methodProblems(
  written: unknown,
  issues: readonly z.core.$ZodIssue[],
  registry: MethodRegistry,
): Problem[] {
  const schema = methodSchemaFor(written, registry)
  const fields = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {}
  return issues.flatMap((issue): Problem[] => {
    if (issue.path.length === 0 && issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKnob(key, Object.keys(fields), registry))
    const [name] = issue.path.map(String)
    if (name === undefined)
      return [
        { code: 'wrong-value', path: 'method', expected: 'a mapping with id', got: text(written) },
      ]
    const got = mapping(written)[name]
    const field = fields[name]
    const suggestion =
      typeof got === 'string' ? nearest(got, typeText(field).split(' | ')) : undefined
    return [
      {
        code: got === undefined ? 'missing' : 'wrong-value',
        path: `method.${name}`,
        expected: typeText(field),
        got: text(got),
        ...(suggestion ? { hint: `Did you mean "${suggestion}"?` } : {}),
      },
    ]
  })
}

/** Which parts and methods have a knob that the chosen ones do not have. */
export function knobHint(name: string, { methods }: MethodRegistry): string | undefined {
  const owners = [...methods.values()].flatMap((method) =>
    knobsOf(method)
      .filter((knob) => knob.name === name)
      .map(({ part }) => `${part.role} ${part.id}`),
  )
  return owners.length > 0 ? `"${name}" is a knob of ${[...new Set(owners)].join(', ')}` : undefined
}

function unknownKnob(name: string, known: readonly string[], registry: MethodRegistry): Problem {
  const suggestion = nearest(name, known)
  const hint = suggestion ? `Did you mean "${suggestion}"?` : knobHint(name, registry)
  return {
    code: 'unknown-key',
    path: `method.${name}`,
    expected: `one of ${known.join(', ')}`,
    got: `unknown key "${name}"`,
    ...(hint ? { hint } : {}),
  }
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
