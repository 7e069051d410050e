import type { RotaryScaling } from './scaling.ts'

/**
 * LongRoPE divides the frequency of each pair by a number that was searched for: `f / short_factor[pair]`. Turned pairs
 * grow by `√(1 + ln(factor) / ln L)`, with L the original context and `factor` how often the longest text holds it, unless
 * `attention_factor` says otherwise.
 *
 * Differs from transformers: texts longer than L, for which `long_factor` holds, are refused. There the frequencies of a
 * position depend on how long the text is, so that neither a cache nor a shared beginning could be kept.
 * Source: Ding et al. 2024, arXiv:2402.13753; transformers modeling_rope_utils, `longrope`.
 */
export const longrope: RotaryScaling = {
  types: ['longrope', 'su'],
  read(options) {
    const { maxPositions, originalPositions } = options
    const factors = options.numbers('short_factor')
    const factor = options.number('factor', maxPositions / originalPositions)
    const usual = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalPositions))
    return {
      frequency: (plain, pair) => plain / factors[pair],
      scale: options.number('attention_factor', usual),
      limit: originalPositions,
    }
  },
}
