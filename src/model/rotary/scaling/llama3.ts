import type { RotaryScaling } from './scaling.ts'

/**
 * Llama 3's scaling slows pairs of a wavelength λ = 2π/f beyond that of the original context L: `f` where
 * λ < L / high, `f / factor` where λ > L / low, and between them `(1 − s)·f/factor + s·f` with
 * `s = (L/λ − low) / (high − low)`.
 *
 * Source: transformers modeling_rope_utils, `llama3`.
 */
export const llama3: RotaryScaling = {
  types: ['llama3'],
  read(options) {
    const factor = options.number('factor')
    const low = options.number('low_freq_factor')
    const high = options.number('high_freq_factor')
    const original = options.number('original_max_position_embeddings')
    return {
      frequency(plain) {
        const wavelength = (2 * Math.PI) / plain
        if (wavelength < original / high) return plain
        if (wavelength > original / low) return plain / factor
        const smooth = (original / wavelength - low) / (high - low)
        return ((1 - smooth) * plain) / factor + smooth * plain
      },
    }
  },
}
