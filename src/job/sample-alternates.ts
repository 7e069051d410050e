import { lengthBatches } from '../data/length-batches.ts'
import { loadExamples } from '../data/load-examples.ts'
import { isQuestion } from '../data/plain-template.ts'
import { createEngine } from '../engine/node-engine.ts'
import { probeOf } from '../measure/rows/example-rows.ts'
import { cachedPositions } from '../measure/score/measurer.ts'
import { rougeL } from '../metric/index.ts'
import { createGenerator } from '../model/generate.ts'
import { graphWeights } from '../model/weights.ts'
import { openModel, openSession } from '../train/session.ts'

/** One pair for preference losses. */
export interface PreferencePair {
  /** What is asked; `prompt` where the forget set has no questions, so that both are written with the same template. */
  readonly question?: string
  readonly prompt?: string
  /** What the model could say instead. */
  readonly chosen: string
  readonly rejected: string
}

export interface AlternatesOptions {
  readonly model: string
  readonly forget: string
  /** Answers that are sampled for each question. */
  readonly count: number
  readonly temperature: number
  readonly maxNewTokens: number
  /** An alternate is dropped if its ROUGE-L recall of the answer is above this. */
  readonly mostRecall: number
  readonly seed: number
  /** Called after each batch of questions. */
  readonly tell: (progress: { done: number; of: number }) => void
}

/** Pairs, and how many sampled answers were no alternates. */
export interface Alternates {
  readonly pairs: readonly PreferencePair[]
  readonly sampled: number
  /** The same answer to the same question again, or none at all. */
  readonly repeated: number
  /** Too much like what is to be forgotten. */
  readonly alike: number
  /** Questions that are left without an alternate. */
  readonly without: number
}

/**
 * Samples plausible other answers to the questions of a forget set from the model itself (AltPO).
 *
 * @throws UserError for a bad model or data file
 */
export async function sampleAlternates(options: AlternatesOptions): Promise<Alternates> {
  const { count, temperature, maxNewTokens, seed, mostRecall, tell } = options
  const engine = await createEngine()
  try {
    const session = await openSession(engine, await openModel(options.model), null)
    const { model, store, tokenizer, stopTokens } = session
    const generator = await createGenerator({
      engine,
      model,
      weights: graphWeights(model),
      values: store.tensors,
    })
    const { examples, report } = await loadExamples(options.forget, tokenizer, {
      maxLength: model.maxPositions,
      preference: 'rejected',
    })
    const probes = examples.map((example) => probeOf(example, tokenizer))
    // All copies of a question are drawn in one call, which is what makes them differ.
    const slots = probes.map(({ tokens }) => ({
      tokens: { length: count * (tokens.length + maxNewTokens) },
    }))
    const texts = new Array<string[]>(probes.length)
    let done = 0
    for (const places of lengthBatches(slots, cachedPositions)) {
      const prompts = places.flatMap((place) => new Array(count).fill(probes[place].tokens))
      const settings = { maxNewTokens, stopTokens, temperature, seed }
      const generated = await generator.generate(prompts, settings)
      for (const [i, place] of places.entries())
        texts[place] = generated
          .slice(i * count, (i + 1) * count)
          .map((tokens) => tokenizer.decode(tokens, { skipSpecialTokens: true }).trim())
      done += places.length
      tell({ done, of: probes.length })
    }
    const key = isQuestion(report.shape) ? 'question' : 'prompt'
    const found = probes.map(({ prompt, answer }, place) => ({
      prompt,
      answer,
      ...sortAlternates(texts[place], answer, mostRecall),
    }))
    return {
      pairs: found.flatMap(({ prompt, answer, chosen }) =>
        chosen.map((text) => ({ [key]: prompt, chosen: text, rejected: answer })),
      ),
      sampled: count * probes.length,
      repeated: found.reduce((sum, { repeated }) => sum + repeated, 0),
      alike: found.reduce((sum, { alike }) => sum + alike, 0),
      without: found.filter(({ chosen }) => chosen.length === 0).length,
    }
  } finally {
    engine.dispose()
  }
}

/** The texts that are answers, new, and not what is to be forgotten. */
export function sortAlternates(texts: readonly string[], answer: string, mostRecall: number) {
  const distinct = [...new Set(texts)].filter((text) => text !== '')
  const chosen = distinct.filter((text) => rougeL(answer, text).recall <= mostRecall)
  return {
    chosen,
    repeated: texts.length - distinct.length,
    alike: distinct.length - chosen.length,
  }
}
