import type { Problem } from '../error.ts'
import type { JsonObject } from './json-text.ts'
import { throwProblems } from './throw-problems.ts'

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

/** Keys that change what transformers generates, greedily or not, with the value that changes nothing. */
const unfollowed: Readonly<Record<string, readonly unknown[]>> = {
  repetition_penalty: [1],
  encoder_repetition_penalty: [1],
  no_repeat_ngram_size: [0],
  encoder_no_repeat_ngram_size: [0],
  bad_words_ids: [],
  suppress_tokens: [],
  begin_suppress_tokens: [],
  sequence_bias: [],
  forced_bos_token_id: [],
  forced_eos_token_id: [],
  exponential_decay_length_penalty: [],
  min_length: [0],
  min_new_tokens: [0],
  num_beams: [1],
  num_beam_groups: [1],
  penalty_alpha: [0],
  guidance_scale: [1],
  stop_strings: [],
  watermarking_config: [],
}
/** Keys that matter only where answers are drawn. */
const unfollowedDraws: Readonly<Record<string, readonly unknown[]>> = {
  // 50 is what transformers writes unasked.
  top_k: [0, 50],
  min_p: [0],
  typical_p: [1],
  epsilon_cutoff: [0],
  eta_cutoff: [0],
}

/**
 * Settings of generation that the model's files ask for and Lethe does not follow: a report's greedy answers may then
 * differ from those of transformers.
 */
export function unfollowedGeneration(
  folder: string,
  config: JsonObject,
  generationConfig: JsonObject | null,
): Problem[] {
  const draws = (generationConfig?.do_sample ?? config.do_sample) === true
  const keys = Object.entries({ ...unfollowed, ...(draws ? unfollowedDraws : {}) })
  return keys.flatMap(([key, neutral]) => {
    const value = generationConfig?.[key] ?? config[key] ?? null
    const isEmpty = Array.isArray(value) && value.length === 0
    if (value === null || isEmpty || neutral.includes(value)) return []
    const file = generationConfig?.[key] == null ? 'config.json' : 'generation_config.json'
    return [
      {
        code: 'unfollowed-generation',
        path: `${folder}/${file}: ${key}`,
        expected: neutral.length > 0 ? neutral.join(' or ') : 'nothing',
        got: JSON.stringify(value).slice(0, 80),
        hint: 'Lethe does not follow this setting; its answers may differ from those of transformers.',
      },
    ]
  })
}
