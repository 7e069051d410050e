import { JinjaError } from './jinja-error.ts'
import type { Call, Value } from './value.ts'

/**
 * A call's arguments under the names of the parameters.
 *
 * @param parameters in order, those that must be given marked with `!`
 * @throws JinjaError for too many, unknown and missing ones
 */
export function bind(name: string, call: Call, parameters: readonly string[]): Map<string, Value> {
  const names = parameters.map((parameter) => parameter.replace('!', ''))
  if (call.positional.length > names.length)
    throw new JinjaError(
      `${name}() takes at most ${names.length} arguments, got ${call.positional.length}`,
    )
  const bound = new Map(call.positional.map((value, i) => [names[i], value] as const))
  for (const [key, value] of call.named) {
    if (!names.includes(key))
      throw new JinjaError(`${name}() got an unexpected keyword argument '${key}'`)
    if (bound.has(key)) throw new JinjaError(`${name}() got multiple values for argument '${key}'`)
    bound.set(key, value)
  }
  for (const parameter of parameters)
    if (parameter.endsWith('!') && !bound.has(parameter.slice(0, -1)))
      throw new JinjaError(`${name}() missing the argument '${parameter.slice(0, -1)}'`)
  return bound
}
