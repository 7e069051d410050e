import { z } from 'zod'
import { standingOut, standingOutKnobs } from './fill-gaps.ts'
import { defineTokenSelector } from './selector.ts'

const schema = z.strictObject({
  assistant: z
    .string()
    .min(1)
    .describe('folder of a model that has not seen the forget set, with the same tokenizer'),
  ...standingOutKnobs,
})

/**
 * The tokens of an answer that a model which has not seen it finds much more or less likely.
 *
 * p_0 is of the starting model and p_a of the assistant; mean and deviation over the answer. Gaps of at most `window` tokens
 * between critical ones are taken too. An answer of which nothing stands out is taken whole.
 *
 * Differs from the paper: its threshold and its expansion of the context could not be verified, and the rules here are
 * those of a third party; of the expansion, our reading of them.
 */
export const criticalTokens = defineTokenSelector({
  id: 'critical-tokens',
  title: 'Critical tokens by a second model (SU-LLM)',
  source: 'Wan et al. 2025 (SU-LLM), arXiv:2506.00876',
  formula:
    'tokens with d_t > mean(d) + deviations·sd(d), d_t = |p_0(y_t | y_<t) − p_a(y_t | y_<t)|',
  schema,
  when: 'start',
  needs: { logProb: true, assistantLogProb: true },
  weigh({ logProb, assistantLogProb }, { deviations, window }) {
    return logProb.map((own, i) =>
      standingOut(
        Array.from(own, (logP, t) => Math.abs(Math.exp(logP) - Math.exp(assistantLogProb[i][t]))),
        { deviations, window },
      ),
    )
  },
})
