import { z } from 'zod'
import { drawnAnswers } from '../score/generated-answers.ts'
import { defineProbe } from './probe.ts'

/** What leak@k reads: answers that are drawn, for what a greedy one hides. */
export const drawnAnswersProbe = defineProbe({
  id: 'drawn-answers',
  title: 'Drawn answers',
  source: 'OptimAI-Lab/Leak-k: 200 answers at temperature 1, of all tokens',
  needs: { sampling: true },
  schema: z.strictObject({
    count: z.int().min(1).default(200).describe('How many answers are drawn for each prompt.'),
    temperature: z.number().gt(0).default(1).describe('Of the draws.'),
    topP: z.number().gt(0).max(1).default(1).describe('1: among all tokens.'),
    seed: z.int().min(0).default(0).describe('Seed of the draws.'),
    maxNewTokens: z.int().min(1).default(200).describe('Of one answer.'),
    stopAt: z.array(z.string()).default([]).describe('An answer is cut at the first of these.'),
  }),
  asked({ generate }) {
    if (!generate?.samples) return undefined
    const { maxNewTokens, stopAt } = generate
    return { ...generate.samples, maxNewTokens, stopAt }
  },
  cost({ layers, keyValueHeads, headDim }, rows, { count, maxNewTokens }) {
    const lengths = rows.map(({ promptTokens }) => promptTokens.length)
    return {
      forwardTokens: count * lengths.reduce((sum, length) => sum + length, 0),
      backwardTokens: 0,
      generatedTokens: count * rows.length * maxNewTokens,
      bytes: 8 * layers * keyValueHeads * headDim * (Math.max(0, ...lengths) + maxNewTokens),
    }
  },
  async open({ measurer, stopRequested }, { maxNewTokens, stopAt, ...samples }) {
    const asking = { measurer, stopRequested }
    return {
      async measure(rows) {
        const drawn = await drawnAnswers(rows, { maxNewTokens, stopAt }, samples, asking)
        const fields = drawn.map((answers) => ({ samples: answers.map(({ text }) => text) }))
        const all = drawn.flat()
        return { fields, generatedTokens: all.reduce((sum, { tokens }) => sum + tokens.length, 0) }
      },
      // The generator is the measurer's.
      dispose() {},
    }
  },
})
