import { makeBatch } from '../../data/batch.ts'
import type { Example } from '../../data/example.ts'
import { lengthBatches } from '../../data/length-batches.ts'
import type { Engine, Program, Tensor } from '../../engine/engine.ts'
import { valuesFor } from '../../engine/ports.ts'
import {
  argMax,
  exp,
  input,
  logSoftmax,
  mul,
  type Node,
  pickLabels,
  sum,
} from '../../graph/index.ts'
import { maskInputs } from '../../model/attention-inputs.ts'
import { headLogits } from '../../model/head.ts'
import type { LanguageModel, Weights } from '../../model/model.ts'
import type { BatchInputs } from '../../train/batch-inputs.ts'
import { sequenceInputs } from '../../train/objective.ts'
import { plantTrees } from '../../train/token-trees.ts'

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
  /**
   * Scores in the order of the examples; batches are formed by length.
   *
   * @param options.stopRequested asked before each pass; where it says so, the scores of the rest are missing
   * @param options.onScored called after each pass with the number of texts it scored
   */
  score(
    examples: readonly Example[],
    options: {
      readonly distribution: boolean
      readonly stopRequested?: () => boolean
      readonly onScored?: (texts: number) => void
    },
  ): Promise<SequenceScores[]>
  /** Frees its programs, each of which keeps the memory of its largest pass; they are made again when they are needed. */
  dispose(): void
}

/** Logits of one pass are held to this many numbers (128 MiB), whatever the vocabulary. */
const logitNumbers = 2 ** 25

/** Tokens of trees in one pass: each looks at many keys, and more of them do not stay in the caches; measured. */
const treeTokens = 1024

/**
 * Scores of every trained token: how likely, whether the model's own choice, how the others were spread.
 *
 * Texts that begin alike, with a system's words or the same prompt, are scored as one tree, in which what they have in common
 * is there once; the numbers are those of whole sequences, but for the order of sums.
 */
export async function createTextScorer(options: {
  engine: Engine
  model: LanguageModel
  weights: Weights
  values: ReadonlyMap<string, Tensor>
  inputs: BatchInputs
  padToken: number
  /** Padded tokens of one pass; the result does not depend on it. */
  tokensPerBatch?: number
  /** Off: every text is a whole sequence, the slow twin. */
  share?: boolean
}): Promise<TextScorer> {
  const { engine, model, weights, values, inputs, padToken, share = true } = options
  const tokensPerBatch =
    options.tokensPerBatch ?? Math.max(1, Math.min(2048, Math.floor(logitNumbers / model.vocab)))
  const programs = new Map<string, Program>()
  const programFor = async (kind: keyof typeof hiddenOf, distribution: boolean) => {
    const key = `${kind} ${distribution}`
    const program =
      programs.get(key) ??
      (await engine.compile(
        scoreGraph(model, weights, hiddenOf[kind](model, weights), distribution),
      ))
    programs.set(key, program)
    return program
  }
  return {
    async score(examples, { distribution, stopRequested, onScored }) {
      const found = new Array<SequenceScores>(examples.length)
      const run = async (
        kind: keyof typeof hiddenOf,
        given: Readonly<Record<string, Tensor>>,
        /** place of a text → its rows */
        rowsOf: readonly (readonly [place: number, rows: readonly number[]])[],
      ) => {
        if (stopRequested?.()) return
        const program = await programFor(kind, distribution)
        const labels = given.labels.data as Int32Array
        const rows = labels.length
        const out = {
          logProb: new Float32Array(rows),
          choice: new Int32Array(rows),
          ...(distribution && { mean: new Float32Array(rows), square: new Float32Array(rows) }),
        }
        await program.run({ ...valuesFor(program, values), ...given }, out)
        for (const [place, own] of rowsOf) found[place] = scoresOf(out, labels, own)
        onScored?.(rowsOf.length)
      }
      const { trees, rest } = share
        ? plantTrees(examples, model.dim)
        : { trees: [], rest: [...examples.keys()] }
      for (const chosen of lengthBatches(
        trees.map(({ tree }) => tree),
        Math.min(tokensPerBatch, treeTokens),
      )) {
        const own = chosen.map((i) => trees[i])
        const given = inputs.trees(
          own.map(({ tree }) => tree),
          padToken,
        )
        let first = 0
        const rows = own.flatMap(({ places, tree }) => {
          const start = first
          first += tree.asked.length
          return places.map(
            (place, text) => [place, tree.answers[text].map((row) => start + row)] as const,
          )
        })
        await run('tree', given, rows)
      }
      const whole = rest.map((place) => examples[place])
      for (const chosen of lengthBatches(whole, tokensPerBatch)) {
        const batch = makeBatch(
          chosen.map((i) => whole[i]),
          padToken,
        )
        const rows = chosen.map((): number[] => [])
        for (const [row, sequence] of batch.sequenceOf.entries()) rows[sequence].push(row)
        await run(
          'whole',
          inputs.batch(batch),
          rows.map((own, i) => [rest[chosen[i]], own] as const),
        )
      }
      return found
    },
    dispose() {
      for (const program of programs.values()) program.dispose()
      programs.clear()
    },
  }
}

/** The scores of one text, at its rows of a pass. */
function scoresOf(
  out: { logProb: Float32Array; choice: Int32Array; mean?: Float32Array; square?: Float32Array },
  labels: Int32Array,
  rows: readonly number[],
): SequenceScores {
  const at = (values: Float32Array) => Float32Array.from(rows, (row) => values[row])
  const mean = out.mean && at(out.mean)
  const square = out.square && at(out.square)
  return {
    logProbs: at(out.logProb),
    firstChoice: rows.map((row) => out.choice[row] === labels[row]),
    distribution:
      mean && square ? { mean, variance: square.map((value, i) => value - mean[i] ** 2) } : null,
  }
}

/** The hidden states at the wanted rows, by what is fed. */
const hiddenOf = {
  whole: (model: LanguageModel, weights: Weights) => model.hidden(weights, sequenceInputs(model)),
  tree: (model: LanguageModel, weights: Weights) =>
    model.treeStates(weights, {
      ...sequenceInputs(model),
      masks: maskInputs(model, ['batch', 1, 1, 'seq', 'seq']),
    }).hidden,
}

function scoreGraph(model: LanguageModel, weights: Weights, hidden: Node, distribution: boolean) {
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
