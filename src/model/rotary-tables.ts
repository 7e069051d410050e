import type { ConfigReader } from './config-reader.ts'
import type { RotaryTables } from './model.ts'

/** Llama 3's stretching of low frequencies. Source: transformers modeling_rope_utils, `llama3`. */
interface Llama3Scaling {
  factor: number
  lowFrequencyFactor: number
  highFrequencyFactor: number
  originalPositions: number
}

export interface RotaryConfig {
  theta: number
  scaling: Llama3Scaling | null
}

/**
 * Reads `rope_theta` (or what an older file calls it) and `rope_scaling`, or `rope_parameters`, which newer transformers write instead.
 * Types other than `default` and `llama3` are rejected.
 */
export function readRotaryConfig(reader: ConfigReader, thetaKey = 'rope_theta'): RotaryConfig {
  const key = reader.has('rope_parameters') ? 'rope_parameters' : 'rope_scaling'
  const section = reader.object(key) ?? {}
  const theta =
    typeof section.rope_theta === 'number' ? section.rope_theta : reader.number(thetaKey, 10000)
  const type = section.rope_type ?? section.type ?? 'default'
  if (type === 'default') return { theta, scaling: null }
  if (type !== 'llama3') {
    reader.reject(key, 'rope_type "default" or "llama3"', type)
    return { theta, scaling: null }
  }
  const value = (name: string) => {
    if (typeof section[name] === 'number') return section[name]
    reader.reject(`${key}.${name}`, 'a number', section[name])
    return 1
  }
  return {
    theta,
    scaling: {
      factor: value('factor'),
      lowFrequencyFactor: value('low_freq_factor'),
      highFrequencyFactor: value('high_freq_factor'),
      originalPositions: value('original_max_position_embeddings'),
    },
  }
}

/** Frequencies of each pair of components, rounded to float32 at each step as the models were trained with. */
export function rotaryFrequencies(headDim: number, { theta, scaling }: RotaryConfig): number[] {
  return Array.from({ length: headDim / 2 }, (_, i) => {
    const plain = Math.fround(1 / Math.fround(theta ** Math.fround((2 * i) / headDim)))
    return scaling ? Math.fround(stretched(plain, scaling)) : plain
  })
}

function stretched(frequency: number, scaling: Llama3Scaling): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = scaling
  const wavelength = (2 * Math.PI) / frequency
  if (wavelength < originalPositions / high) return frequency
  if (wavelength > originalPositions / low) return frequency / factor
  const smooth = (originalPositions / wavelength - low) / (high - low)
  return ((1 - smooth) * frequency) / factor + smooth * frequency
}

/** cos and sin of position × frequency for positions 0 … positions − 1. */
export function rotaryTables(positions: number, frequencies: readonly number[]): RotaryTables {
  const width = frequencies.length
  const cos = new Float32Array(positions * width)
  const sin = new Float32Array(positions * width)
  for (let position = 0; position < positions; position++)
    for (let i = 0; i < width; i++) {
      const angle = Math.fround(position * frequencies[i])
      cos[position * width + i] = Math.cos(angle)
      sin[position * width + i] = Math.sin(angle)
    }
  return { positions, width, cos, sin }
}
