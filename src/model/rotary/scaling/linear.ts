import type { RotaryScaling } from './scaling.ts'

/**
 * Linear scaling slows every pair alike: `f / factor`.
 *
 * Source: Chen et al. 2023 (Position Interpolation), arXiv:2306.15595; transformers modeling_rope_utils, `linear`.
 */
export const linear: RotaryScaling = {
  types: ['linear'],
  read(options) {
    const factor = options.number('factor')
    return { frequency: (plain) => plain / factor }
  },
}
