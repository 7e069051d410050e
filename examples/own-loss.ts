// A loss of one's own, as a plugin: lethe run takedown.yaml --plugin ./own-loss.ts --set method.forgetLoss=mean-probability
import { defineLoss } from 'lethe'
import { exp, mul, sum } from 'lethe/graph'
import { z } from 'zod'

/** Pushes the probability of answer tokens down, evenly: bounded, and still once they are unlikely. */
export const meanProbability = defineLoss({
  id: 'mean-probability',
  title: 'Mean probability',
  source: 'an example',
  formula: 'L = (1/N)·Σ_t p(y_t)',
  goal: 'forget',
  reduction: 'token-mean',
  needs: {},
  schema: z.strictObject({}),
  build: (context) => sum(mul(context.tokenWeight(), exp(context.logProb()))),
})
