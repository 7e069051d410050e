import { type Example, makeBatch } from '../data/index.ts'
import type { Engine, Program, Tensor } from '../engine/engine.ts'
import { valuesFor } from '../engine/ports.ts'
import { argMax, exp, input, logSoftmax, mul, pickLabels, sum } from '../graph/index.ts'
import { headLogits } from '../model/head.ts'
import type { LanguageModel, Weights } from '../model/model.ts'
import type { SequenceFeeds } from './feeds.ts'
import { sequenceInputs } from './objective.ts'
import { lengthBatches } from './scorer.ts'

/** Teacher-forced scores of one sequence's trained tokens. */
export interface SequenceScores {
  /** `[answers]` nats: log p of each label */
  readonly logProbs: Float32Array
  /** `[answers]`: whether each label is the most likely token, the first of equals */
  readonly firstChoice: readonly boolean[]
  /** `[answers]` nats: `Σ_v p ln p`, and nats²: `Σ_v p (ln p)²` less its square; where they were asked for */
  readonly distribution: { readonly mean: Float32Array; readonly variance: Float32Array } | null
}

export interface TextScorer {
  /** Scores in the order of the examples; batches are formed by length. */
  score(
    examples: readonly Example[],
    options: { readonly distribution: boolean },
  ): Promise<SequenceScores[]>
  dispose(): void
}

/** Logits of one pass are held to this many numbers (128 MiB), whatever the vocabulary. */
const logitNumbers = 2 ** 25

/** Scores of every trained token: how likely, whether the model's own choice, how the others were spread. */
export async function createTextScorer(options: {
  engine: Engine
  model: LanguageModel
  weights: Weights
  values: ReadonlyMap<string, Tensor>
  feeds: SequenceFeeds
  padToken: number
  /** Padded tokens of one pass; the result does not depend on it. */
  tokensPerBatch?: number
}): Promise<TextScorer> {
  const { engine, model, weights, values, feeds, padToken } = options
  const tokensPerBatch =
    options.tokensPerBatch ?? Math.max(1, Math.min(2048, Math.floor(logitNumbers / model.vocab)))
  const programs = new Map<boolean, Program>()
  const programFor = async (distribution: boolean) => {
    const program =
      programs.get(distribution) ?? (await engine.compile(scoreGraph(model, weights, distribution)))
    programs.set(distribution, program)
    return program
  }
  return {
    async score(examples, { distribution }) {
      const program = await programFor(distribution)
      const weightFeeds = valuesFor(program, values)
      const found = new Array<SequenceScores>(examples.length)
      for (const places of lengthBatches(examples, tokensPerBatch)) {
        const chosen = places.map((place) => examples[place])
        const batch = makeBatch(chosen, padToken)
        const rows = batch.rows.length
        const out = {
          logProb: new Float32Array(rows),
          choice: new Int32Array(rows),
          ...(distribution && { mean: new Float32Array(rows), square: new Float32Array(rows) }),
        }
        await program.run({ ...weightFeeds, ...feeds.batch(batch) }, out)
        let start = 0
        for (const [sequence, place] of places.entries()) {
          let end = start
          while (end < rows && batch.sequenceOf[end] === sequence) end++
          const mean = out.mean?.slice(start, end)
          const square = out.square?.slice(start, end)
          found[place] = {
            logProbs: out.logProb.slice(start, end),
            firstChoice: Array.from(
              batch.labels.subarray(start, end),
              (label, i) => out.choice[start + i] === label,
            ),
            distribution:
              mean && square
                ? { mean, variance: square.map((value, i) => value - mean[i] ** 2) }
                : null,
          }
          start = end
        }
      }
      return found
    },
    dispose() {
      for (const program of programs.values()) program.dispose()
    },
  }
}

function scoreGraph(model: LanguageModel, weights: Weights, distribution: boolean) {
  const hidden = model.hidden(weights, sequenceInputs(model))
  const logits = headLogits(model, weights, hidden)
  const logProbs = logSoftmax(logits)
  const scores = {
    logProb: pickLabels(logProbs, input('labels', ['answers'], 'i32')),
    choice: argMax(logits),
  }
  if (!distribution) return scores
  const weighted = mul(exp(logProbs), logProbs)
  return {
    ...scores,
    mean: sum(weighted, [1]),
    square: sum(mul(weighted, logProbs), [1]),
  }
}
