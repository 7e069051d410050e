import { z } from 'zod'
import { standingOut, standingOutKnobs } from './fill-gaps.ts'
import { ngramProbability } from './ngram.ts'
import { defineTokenSelector } from './selector.ts'

const schema = z.strictObject({
  order: z.int().min(1).default(3).describe('tokens of an n-gram, the predicted one included'),
  ...standingOutKnobs,
})

/**
 * The tokens of an answer that n-grams of the forget set predict otherwise than those of the retain set.
 *
 * p is the share of the n-gram among those of its set, F the forget and R the retain set, with the same first n − 1 tokens (0
 * where there is none); mean and deviation over the answer. Gaps of at most `window` tokens between critical ones are taken
 * too. An answer of which nothing stands out is taken whole.
 *
 * Differs from the paper: its threshold and its expansion of the context could not be verified, and the rules here are
 * those of a third party; of the expansion, our reading of them.
 */
export const criticalNgrams = defineTokenSelector({
  id: 'critical-ngrams',
  title: 'Critical tokens by n-grams (SU-Ngram)',
  source: 'Wan et al. 2025 (SU-Ngram), arXiv:2506.00876',
  formula:
    'tokens with d_t > mean(d) + deviations·sd(d), d_t = |p_F(y_t | n−1 tokens before) − p_R(y_t | …)|',
  schema,
  when: 'start',
  needs: { others: true },
  weigh({ sequences, others }, { order, deviations, window }) {
    const own = ngramProbability(sequences, order)
    const other = ngramProbability(others ?? [], order)
    return sequences.map(({ tokens, trained }) => {
      const scores: number[] = []
      for (let t = 0; t < tokens.length; t++)
        if (trained[t]) scores.push(Math.abs(own(tokens, t) - other(tokens, t)))
      return standingOut(scores, { deviations, window })
    })
  },
})
