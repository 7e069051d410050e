import { z } from 'zod'
import {
  addScalar,
  clip,
  exp,
  mul,
  type Node,
  neg,
  scale,
  softplus,
  sub,
  sum,
} from '../../graph/index.ts'
import { defineLoss } from './loss.ts'

/** Log-ratios are held within this before an exponential: beyond it the push is nothing, or without end. */
const largestLogRatio = 30

const schema = z.strictObject({
  beta: z
    .number()
    .positive()
    .default(0.1)
    .describe('sharpness: how soon the push fades once an answer is less likely than before'),
  divergence: z
    .enum(['jensen-shannon', 'forward-kl', 'alpha', 'reverse-kl'])
    .default('jensen-shannon')
    .describe('what distance from the starting model is measured in; reverse-kl is NPO'),
  alpha: z.number().gt(0).lt(1).default(0.5).describe('of the divergence alpha'),
})

/** f′(u) of `s = log u`, without additive constants where they cancel in DPO. */
const links: Record<z.infer<typeof schema>['divergence'], (s: Node, alpha: number) => Node> = {
  'reverse-kl': (s) => s,
  'jensen-shannon': (s) => addScalar(neg(softplus(neg(s))), Math.LN2),
  'forward-kl': (s) => neg(exp(neg(clip(s, largestLogRatio)))),
  alpha: (s, alpha) => scale(exp(scale(clip(s, largestLogRatio / alpha), -alpha)), -1 / alpha),
}

/**
 * NPO under another divergence than reverse KL: how far an answer may fall is measured by f′ of its likelihood ratio.
 *
 * s is summed over an answer; B the sequences of the whole step. Reverse KL is NPO.
 *
 * Reads `sequenceLogProb`, `referenceSequenceLogProb` (nats; cached, no gradient) and `sequenceWeight`, all `[batch]`; returns
 * a scalar in nats. The weight of an answer is `2·σ(β·f′)·df′/ds`: half of NPO's at the start for Jensen–Shannon; for forward
 * KL it peaks at `s ≈ ln β − 0.245` and then dies, a floor against forgetting too much, which for sums over long answers
 * is reached after a few tokens: take a smaller β there.
 *
 * Numerics: s is held within ±30 (±30/α) before the exponential; beyond, the gradient is 0.
 * The paper has the preferred answer too; leaving it out, as NPO does of DPO, is ours.
 */
export const fNpo = defineLoss({
  id: 'f-npo',
  title: 'NPO under another divergence',
  source:
    'Wang et al. 2023 (f-DPO), arXiv:2309.16240; alecwangcq/f-divergence-dpo trainers.py; Zhang et al. 2024 (NPO), arXiv:2404.05868',
  formula:
    'L = −(2/β)·(1/B)·Σ_b log σ(−β·f′(u_b)), s = log u = logp − logp0; f′ = s (reverse KL), log 2 − softplus(−s) (Jensen–Shannon), −e^(−s) (forward KL) or −e^(−αs)/α',
  goal: 'forget',
  reduction: 'sequence-sum',
  needs: { referenceLogProb: true },
  schema,
  build(context, { beta, divergence, alpha }) {
    const logRatio = sub(context.sequenceLogProb(), context.referenceSequenceLogProb())
    const slope = links[divergence](logRatio, alpha)
    return scale(sum(mul(context.sequenceWeight(), softplus(scale(slope, beta)))), 2 / beta)
  },
})
