import { defineLowRankStart } from './low-rank-start.ts'

/** Adapters that change nothing at first: B is zero, and A random, so that both have a gradient after one step. */
export const zero = defineLowRankStart({
  id: 'zero',
  title: 'Zero',
  source: 'Hu et al. 2021 (LoRA), arXiv:2106.09685',
  formula: 'A ~ U(−1/√in, 1/√in), B = 0',
  summary: 'B = 0',
  fromWeight: null,
})
