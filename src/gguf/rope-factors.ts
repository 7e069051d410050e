import type { JsonObject } from '../checkpoint/json-text.ts'
import { type RotaryConfig, rotaryFrequencies } from '../model/rotary-tables.ts'

/**
 * By how much each frequency of a head is slowed, where positions are stretched as Llama 3 does it; null where they are not.
 * llama.cpp stores these numbers and not what they were made of.
 *
 * @returns `[headDim / 2]`
 * Source: llama.cpp, conversion/llama.py (`generate_extra_tensors`)
 */
export function ropeFactors(headDim: number, rotary: RotaryConfig): Float32Array | null {
  if (!rotary.scaling) return null
  const plain = rotaryFrequencies(headDim, { ...rotary, scaling: null })
  const slowed = rotaryFrequencies(headDim, rotary)
  return Float32Array.from(plain, (frequency, i) => frequency / slowed[i])
}

/** What Llama 3.1 to 3.3 have; the length that a model was first trained with differs in models made after them. */
const usual = { lowFrequencyFactor: 1, highFrequencyFactor: 4 }

/**
 * The `rope_scaling` of config.json that gives the stored factors, or null where it is none that is known.
 *
 * Numerics: each candidate is held against all factors, to 1e-5 of each.
 */
export function ropeScalingOf(factors: Float32Array, theta: number): JsonObject | null {
  const factor = Math.round(Math.max(...factors) * 1e4) / 1e4
  for (let originalPositions = 16; originalPositions <= 2 ** 20; originalPositions *= 2) {
    const scaling = { ...usual, factor, originalPositions }
    const own = ropeFactors(factors.length * 2, { theta, scaling }) as Float32Array
    if (own.every((value, i) => Math.abs(value / factors[i] - 1) < 1e-5))
      return {
        rope_type: 'llama3',
        factor,
        low_freq_factor: scaling.lowFrequencyFactor,
        high_freq_factor: scaling.highFrequencyFactor,
        original_max_position_embeddings: originalPositions,
      }
  }
  return null
}
