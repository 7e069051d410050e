import { parse } from 'yaml'
import type { JsonObject } from '../checkpoint/json-text.ts'
import { float32, int32, type TypedMetadata, type TypedValue, text, texts } from './typed-values.ts'

/**
 * The `general.` part of a file: what the model is called, how large it is, what its card and its generation_config.json say.
 *
 * @param card README.md of the folder
 * Source: gguf, metadata.py (`Metadata`) and utility.py (`size_label`)
 */
export function generalMetadata(options: {
  readonly architecture: string
  readonly name: string
  readonly parameters: number
  readonly card: string | null
  readonly generation: JsonObject | null
}): TypedMetadata {
  const { architecture, name, parameters, card, generation } = options
  const front = frontMatter(card ?? '')
  const given: Record<string, TypedValue> = {}
  for (const [key, { option, type }] of Object.entries(sampling)) {
    const value = generation?.[option]
    if (typeof value === 'number') given[`general.sampling.${key}`] = type(value)
  }
  const tags = [front.tags, front.pipeline_tag]
    .flat()
    .filter((tag): tag is string => typeof tag === 'string')
  return {
    'general.architecture': text(architecture),
    'general.type': text('model'),
    ...given,
    'general.name': text(name),
    'general.size_label': text(sizeLabel(parameters)),
    ...(typeof front.license === 'string' && { 'general.license': text(front.license) }),
    ...(tags.length > 0 && { 'general.tags': texts(tags) }),
  }
}

/** Of generation_config.json. */
const sampling = {
  top_k: { option: 'top_k', type: int32 },
  top_p: { option: 'top_p', type: float32 },
  min_p: { option: 'min_p', type: float32 },
  temp: { option: 'temperature', type: float32 },
  penalty_repeat: { option: 'repetition_penalty', type: float32 },
}

function frontMatter(card: string): JsonObject {
  const [, front] = /^---\n([\s\S]*?)\n---(?:\n|$)/.exec(card) ?? []
  try {
    return (front === undefined ? null : (parse(front) as JsonObject | null)) ?? {}
  } catch {
    // A card is for people; what cannot be read of it is not worth an export.
    return {}
  }
}

const units = [
  { suffix: 'T', size: 1e12 },
  { suffix: 'B', size: 1e9 },
  { suffix: 'M', size: 1e6 },
  { suffix: 'K', size: 1e3 },
]

/** 135M, 1.2B: at least two digits. */
function sizeLabel(parameters: number): string {
  const { suffix, size } = units.find((unit) => parameters > unit.size) ?? units[units.length - 1]
  const scaled = parameters / size
  const digits = Math.max(2 - String(Math.round(scaled)).replace(/^0+/, '').length, 0)
  return `${scaled.toFixed(digits)}${suffix}`
}
