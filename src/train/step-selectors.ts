import type { Engine, Tensor } from '../engine/engine.ts'
import { valuesFor } from '../engine/ports.ts'
import type { LanguageModel, Weights } from '../model/model.ts'
import type { SelectorState, TokenInput, TokenSelector } from '../parts/select/selector.ts'
import type { BatchInputs } from './batch-inputs.ts'
import type { MicroBatch } from './micro-batch.ts'
import { buildTokenScores, type Group } from './objective.ts'
import type { StepData } from './step.ts'

/** A selector of tokens with its knobs. */
export interface ChosenSelector {
  readonly selector: TokenSelector
  readonly knobs: Readonly<Record<string, unknown>>
}

/** Chooses the tokens of a step by what the current model says of them. */
export interface StepSelectors {
  /** What the selectors remember, by group; to be set where a run goes on. */
  states: Readonly<Record<string, SelectorState>>
  choose(data: StepData): Promise<StepData>
  /** To be told that the step on the tokens last chosen is made. */
  made(): void
  dispose(): void
}

/** @param selectors those that choose in each step, by group */
export async function createStepSelectors(options: {
  engine: Engine
  model: LanguageModel
  weights: Weights
  values: ReadonlyMap<string, Tensor>
  inputs: BatchInputs
  selectors: Readonly<Partial<Record<Group, ChosenSelector>>>
}): Promise<StepSelectors> {
  const { engine, model, weights, values, inputs, selectors } = options
  const chosen = Object.entries(selectors) as [Group, ChosenSelector][]
  const entropy = chosen.some(([, { selector }]) => selector.needs.entropy)
  const program = await engine.compile(buildTokenScores(model, weights, { entropy }))
  const weightInputs = valuesFor(program, values)

  const scoresOf = async ({ batch }: MicroBatch) => {
    const answers = batch.rows.length
    const results = {
      logProb: new Float32Array(answers),
      ...(entropy ? { entropy: new Float32Array(answers) } : {}),
    }
    await program.run({ ...weightInputs, ...inputs.batch(batch) }, results)
    return { logProb: results.logProb, entropy: results.entropy ?? new Float32Array(answers) }
  }

  let tokenInputs: readonly (readonly [Group, TokenInput])[] = []
  const chooser: StepSelectors = {
    states: Object.fromEntries(
      chosen.map(([group, { selector, knobs }]) => [group, selector.init?.(knobs) ?? {}]),
    ),
    async choose(data) {
      const micros = [...data.forget, ...data.retain, ...data.together]
      const scores = await Promise.all(micros.map(scoresOf))
      const given = micros.map(
        ({ tokenWeights, batch }) =>
          tokenWeights?.slice() ?? new Float32Array(batch.rows.length).fill(1),
      )
      tokenInputs = chosen.map(([group, { selector, knobs }]) => {
        const places = micros.flatMap((micro, m) =>
          sequencesOf(micro, group).map((range) => ({ m, ...range })),
        )
        const part = (kind: 'logProb' | 'entropy') =>
          places.map(({ m, start, end }) => scores[m][kind].subarray(start, end))
        const input: TokenInput = {
          sequences: [],
          others: null,
          logProb: part('logProb'),
          entropy: part('entropy'),
          assistantLogProb: [],
          state: chooser.states[group],
        }
        const found = selector.weigh(input, knobs)
        for (const [i, { m, start }] of places.entries()) given[m].set(found[i], start)
        return [group, input]
      })
      const weighted = new Map(
        micros.map((micro, m) => [micro, { ...micro, tokenWeights: given[m] }]),
      )
      const replaced = (list: readonly MicroBatch[]) =>
        list.map((micro) => weighted.get(micro) as MicroBatch)
      return {
        forget: replaced(data.forget),
        retain: replaced(data.retain),
        together: replaced(data.together),
      }
    },
    made() {
      const after = tokenInputs.map(([group, input]): [Group, SelectorState] => {
        const { selector, knobs } = selectors[group] as ChosenSelector
        return [group, selector.after?.(input, knobs) ?? input.state]
      })
      chooser.states = Object.fromEntries(after)
    },
    dispose: () => program.dispose(),
  }
  return chooser
}

/** Where the answer tokens of each sequence of a group are. */
function sequencesOf({ batch, groups }: MicroBatch, group: Group) {
  const ranges: { start: number; end: number }[] = []
  for (let start = 0; start < batch.sequenceOf.length; ) {
    const sequence = batch.sequenceOf[start]
    let end = start
    while (end < batch.sequenceOf.length && batch.sequenceOf[end] === sequence) end++
    if (groups[sequence] === group) ranges.push({ start, end })
    start = end
  }
  return ranges
}
