import { evenlySpaced } from '../../data/evenly-spaced.ts'
import { loadExamples } from '../../data/load-examples.ts'
import { createEngine } from '../../engine/node-engine.ts'
import { UserError } from '../../error.ts'
import { graphWeights } from '../../model/weights.ts'
import { openModel, openSession } from '../../train/session.ts'
import { readRows } from '../rows/read-rows.ts'
import { causalTrace, type TraceTarget, tracedShare } from './causal-trace.ts'
import { tokenRange } from './token-range.ts'

/** Which layers carry what a model knows: shares of what corruption took, by layer. */
export interface TraceReport {
  readonly traces: number
  /** nats per answer token, means over the traces */
  readonly clean: number
  readonly corrupted: number
  /** `[layers]` brought back at the last token of the subject, and at the last of the prompt */
  readonly subject: readonly number[]
  readonly last: readonly number[]
}

/**
 * Traces the answers of a data file. The subject is the record's `subject`, a part of its question; without one, the whole
 * question is corrupted.
 *
 * @throws UserError for a bad file, or a subject that its question does not contain
 */
export async function traceModel(options: {
  readonly model: string
  readonly data: string
  readonly limit: number | null
  readonly noise: number
  readonly samples: number
  readonly seed: number
}): Promise<TraceReport> {
  const engine = await createEngine()
  try {
    const session = await openSession(engine, await openModel(options.model), null)
    const { model, tokenizer } = session
    const { examples } = await loadExamples(options.data, tokenizer, {
      maxLength: model.maxPositions,
    })
    const rows = await readRows(options.data)
    const chosen = evenlySpaced(examples, options.limit)
    const targets = chosen.map((example, place): TraceTarget => {
      const { subject } = rows[example.index].value
      const text = typeof subject === 'string' ? subject : example.prompt
      const tokens = example.tokens.subarray(0, example.promptLength)
      const found = tokenRange(tokens, text, (part) => tokenizer.decode(part))
      if (found.length === 0 || text === '')
        throw new UserError({
          code: 'no-subject',
          position: { file: options.data, line: example.origin.line, column: 1 },
          expected: 'a subject that the question contains',
          got: JSON.stringify(text),
        })
      return { example, subject: found, stream: ['trace', place] }
    })
    const results = await causalTrace(targets, {
      engine,
      model,
      weights: graphWeights(model),
      values: session.store.tensors,
      inputs: session.inputs,
      noise: options.noise,
      samples: options.samples,
      seed: options.seed,
    })
    const mean = (key: 'clean' | 'corrupted') =>
      results.reduce((sum, result) => sum + result[key], 0) / results.length
    return {
      traces: results.length,
      clean: mean('clean'),
      corrupted: mean('corrupted'),
      subject: tracedShare(results, 'restoredSubject'),
      last: tracedShare(results, 'restoredLast'),
    }
  } finally {
    engine.dispose()
  }
}
