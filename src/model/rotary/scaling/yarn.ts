import type { RotaryScaling } from './scaling.ts'

/**
 * YaRN slows the pairs that turn seldom within the original context L and makes scores sharper.
 *
 * `(1 − r)·f + r·f/factor`, where r rises from 0 at the pair that turns β_fast times within L to 1 at the one that turns
 * β_slow times: `pair(β) = dim · ln(L / (2πβ)) / (2 ln θ)`. Turned pairs grow by `0.1·ln(factor) + 1`, unless
 * `attention_factor` says otherwise or `mscale` weighs it.
 *
 * Source: Peng et al. 2023, arXiv:2309.00071; transformers modeling_rope_utils, `yarn`.
 */
export const yarn: RotaryScaling = {
  types: ['yarn'],
  read(options) {
    const { dim, theta, originalPositions, maxPositions } = options
    const factor = options.number('factor', maxPositions / originalPositions)
    const bound = (turns: number) =>
      (dim * Math.log(originalPositions / (turns * 2 * Math.PI))) / (2 * Math.log(theta))
    const whole = options.flag('truncate', true)
    const fast = bound(options.number('beta_fast', 32))
    const slow = bound(options.number('beta_slow', 1))
    const first = Math.max(whole ? Math.floor(fast) : fast, 0)
    const last = Math.min(whole ? Math.ceil(slow) : slow, dim - 1)
    const width = first === last ? 0.001 : last - first
    const sharper = (weight: number) => (factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1)
    const weighed = options.number('mscale', 0)
    const weighedAll = options.number('mscale_all_dim', 0)
    const usual = weighed && weighedAll ? sharper(weighed) / sharper(weighedAll) : sharper(1)
    return {
      frequency(plain, pair) {
        const slowed = Math.min(Math.max((pair - first) / width, 0), 1)
        return (1 - slowed) * plain + (slowed * plain) / factor
      },
      scale: options.number('attention_factor', usual),
    }
  },
}
