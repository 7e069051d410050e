import type { Problem } from '../error.ts'
import type { JsonObject } from './json-text.ts'
import { throwProblems } from './problems.ts'

/** How a model wants to generate, where the caller does not say otherwise. */
export interface GenerationDefaults {
  /** Any of these ends the text; empty where the model names none. */
  readonly eosTokens: readonly number[]
  /** True: sample; false: greedy, also where the temperature is 0. */
  readonly sample: boolean
  /** Divides the logits, > 0. 1 where not given. */
  readonly temperature: number
  /** Keep the smallest set of tokens with this much probability, in (0, 1]. 1 where not given. */
  readonly topP: number
}

/**
 * The generation defaults of a model: generation_config.json before config.json, key by key; null is as good as absent.
 *
 * @throws UserError with every value that is of a wrong type or out of range
 * Source: transformers, generation/configuration_utils.py.
 */
export function generationDefaults(
  config: JsonObject,
  generationConfig: JsonObject | null,
): GenerationDefaults {
  const problems: Problem[] = []
  const value = <T>(
    key: string,
    expected: string,
    valid: (value: unknown) => boolean,
    absent: T,
  ): T => {
    const inGeneration = generationConfig?.[key] ?? null
    const found = inGeneration ?? config[key] ?? null
    if (found === null) return absent
    if (valid(found)) return found as T
    const path = `${inGeneration === null ? 'config.json' : 'generation_config.json'}: ${key}`
    problems.push({ code: 'invalid-generation-config', path, expected, got: JSON.stringify(found) })
    return absent
  }
  const isToken = (token: unknown): boolean => Number.isSafeInteger(token) && (token as number) >= 0
  const eos = value<number | number[]>(
    'eos_token_id',
    'a token id or a list of them',
    (found) => [found].flat().every(isToken),
    [],
  )
  const sample = value('do_sample', 'true or false', (x) => typeof x === 'boolean', false)
  const temperature = value(
    'temperature',
    'a number ≥ 0',
    (x) => typeof x === 'number' && x >= 0,
    1,
  )
  const defaults = {
    eosTokens: [...new Set([eos].flat())],
    // Dividing by 0 is what many write for greedy.
    sample: sample && temperature > 0,
    temperature: temperature || 1,
    topP: value('top_p', '0 < top_p ≤ 1', (x) => typeof x === 'number' && x > 0 && x <= 1, 1),
  }
  throwProblems(problems)
  return defaults
}
