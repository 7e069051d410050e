import type { JsonObject } from '../checkpoint/json-text.ts'
import { ConfigReader } from '../model/config-reader.ts'
import { readRotary, type StoredRotary } from '../model/rotary/read-rotary.ts'
import { plainFrequencies } from '../model/rotary/rotary.ts'

/**
 * By how much each frequency of a head is slowed, where positions are stretched as Llama 3 does it; null where they are not.
 * llama.cpp stores these numbers and not what they were made of.
 *
 * @returns `[headDim / 2]`
 * Source: llama.cpp, conversion/llama.py (`generate_extra_tensors`)
 */
export function ropeFactors({ type, theta, frequencies }: StoredRotary): Float32Array | null {
  if (type !== 'llama3') return null
  const plain = plainFrequencies(2 * frequencies.length, theta)
  return Float32Array.from(plain, (frequency, i) => frequency / frequencies[i])
}

/** What Llama 3.1 to 3.3 have; the length that a model was first trained with differs in models made after them. */
const usual = { rope_type: 'llama3', low_freq_factor: 1, high_freq_factor: 4 }

/**
 * The `rope_scaling` of config.json that gives the stored factors, or null where it is none that is known.
 *
 * Numerics: each candidate is held against all factors, to 1e-5 of each.
 */
export function ropeScalingOf(factors: Float32Array, theta: number): JsonObject | null {
  const factor = Math.round(Math.max(...factors) * 1e4) / 1e4
  const sizes = { headDim: factors.length * 2, maxPositions: 2 ** 20 }
  for (let length = 16; length <= 2 ** 20; length *= 2) {
    const scaling = { ...usual, factor, original_max_position_embeddings: length }
    const config = { rope_theta: theta, rope_scaling: scaling }
    const own = ropeFactors(readRotary(new ConfigReader(config, ''), sizes)) as Float32Array
    if (own.every((value, i) => Math.abs(value / factors[i] - 1) < 1e-5)) return scaling
  }
  return null
}
