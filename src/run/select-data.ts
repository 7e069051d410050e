import type { Example } from '../data/example.ts'
import { UserError } from '../error.ts'
import { graphWeights } from '../model/weights.ts'
import type { ExampleSelector } from '../parts/select/selector.ts'
import type { PartSettings } from '../recipe/part.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { Registry } from '../recipe/registry.ts'
import { createScorer } from '../train/scorer.ts'
import { type OpenedModel, openSession, type Session } from '../train/session.ts'
import type { ChosenSelector } from '../train/step-selectors.ts'
import type { DataWeights } from '../train/step-source.ts'
import type { NewEvent } from './events.ts'
import { createGradientProbe } from './plan/gradient-probe.ts'
import { joined, splitByExample } from './references.ts'
import type { RunData } from './run-data.ts'
import { requireSameTokenizer } from './same-tokenizer.ts'

type Set = 'forget' | 'retain'
const sets = ['forget', 'retain'] as const

/** The selectors of tokens that choose in each step, by set. */
export function stepSelectors(
  recipe: Recipe,
  registry: Registry,
): Partial<Record<Set, ChosenSelector>> {
  const found: Partial<Record<Set, ChosenSelector>> = {}
  for (const set of sets) {
    const chosen = tokenSelector(recipe[set]?.tokens, registry)
    if (chosen?.selector.when === 'step') found[set] = chosen
  }
  return found
}

/**
 * Selects the data that take part in training, from a stored state or chosen now by the starting model.
 *
 * @param openAssistant opens another model, where a selector compares with one
 * @returns the selection, and its arrays as they are stored with each state
 * @throws UserError where a selector needs a set that the recipe does not have, or a model with another tokenizer
 */
export async function selectData(
  recipe: Recipe,
  session: Session,
  data: RunData,
  emit: (event: NewEvent) => void,
  openAssistant: (path: string) => Promise<OpenedModel>,
  registry: Registry,
  stored?: ReadonlyMap<string, { data: Float32Array }>,
): Promise<{ selection: DataWeights; stored: Map<string, Float32Array> }> {
  const tokens: Partial<Record<Set, Float32Array[]>> = {}
  const examples: Partial<Record<Set, Float32Array>> = {}
  const kept = new Map<string, Float32Array>()
  const keep = async (
    set: Set,
    what: 'tokens' | 'examples',
    selector: string,
    choose: () => Promise<Float32Array>,
  ) => {
    const name = `${what} ${set}`
    const known = stored?.get(name)?.data
    const weights = known ?? (await choose())
    kept.set(name, weights)
    const chosen = weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0)
    if (!known)
      emit({ type: 'selection', step: 0, set, what, selector, chosen, total: weights.length })
    return weights
  }
  for (const set of sets) {
    const own = data[set]
    if (!own) continue
    const other = data[set === 'forget' ? 'retain' : 'forget']
    const chosen = tokenSelector(recipe[set]?.tokens, registry)
    if (chosen?.selector.when === 'start') {
      const choose = async () =>
        joined(await weighTokens(chosen, session, own, other, openAssistant))
      tokens[set] = splitByExample(await keep(set, 'tokens', chosen.selector.id, choose), own)
    }
    const { id, ...knobs } = recipe[set]?.examples ?? { id: '' }
    const selector = registry.exampleSelectors.get(id)
    if (!selector) continue
    if (selector.needsOther && !other) throw noOther(set, selector.id)
    const choose = () =>
      weighExamples(selector, knobs, session, own, other ?? [], recipe.train.seed)
    examples[set] = await keep(set, 'examples', selector.id, choose)
  }
  return { selection: { tokens, examples }, stored: kept }
}

function tokenSelector(
  part: PartSettings | null | undefined,
  registry: Registry,
): ChosenSelector | null {
  const { id, ...knobs } = part ?? { id: '' }
  const selector = registry.tokenSelectors.get(id)
  return selector ? { selector, knobs } : null
}

async function weighTokens(
  { selector, knobs }: ChosenSelector,
  session: Session,
  own: readonly Example[],
  other: readonly Example[] | null,
  openAssistant: (path: string) => Promise<OpenedModel>,
): Promise<Float32Array[]> {
  const { needs } = selector
  return selector.weigh(
    {
      sequences: own,
      others: needs.others ? other : null,
      logProb: needs.logProb ? await scoreTokens(session, own) : [],
      entropy: [],
      assistantLogProb: needs.assistantLogProb
        ? await scoreByAssistant(String(knobs.assistant), session, own, openAssistant)
        : [],
      state: {},
    },
    knobs,
  )
}

async function scoreTokens(session: Session, examples: readonly Example[]) {
  const { engine, model, store, inputs, tokenizer } = session
  const scorer = await createScorer({
    engine,
    model,
    weights: graphWeights(model),
    values: store.tensors,
    inputs,
    padToken: tokenizer.padToken,
  })
  const scores = await scorer.tokenLogProbs(examples)
  scorer.dispose()
  return scores
}

/** Opens the other model only for this. */
async function scoreByAssistant(
  path: string,
  session: Session,
  examples: readonly Example[],
  openAssistant: (path: string) => Promise<OpenedModel>,
) {
  const opened = await openAssistant(path)
  const sample = examples[0].prompt + examples[0].answer
  requireSameTokenizer(path, sample, session, opened)
  return scoreTokens(await openSession(session.engine, opened, null), examples)
}

async function weighExamples(
  selector: ExampleSelector,
  knobs: Readonly<Record<string, unknown>>,
  session: Session,
  own: readonly Example[],
  other: readonly Example[],
  seed: number,
): Promise<Float32Array> {
  const gradients = await createGradientProbe(session, { own, other })
  const input = { count: own.length, otherCount: other.length, gradients, seed }
  const weights = await selector.weigh(input, knobs)
  gradients.dispose()
  return weights
}

function noOther(set: Set, selector: string): UserError {
  const other = set === 'forget' ? 'retain' : 'forget'
  return new UserError({
    code: 'missing',
    path: other,
    expected: `a ${other} set, since ${set}.examples: ${selector} compares the two`,
    got: 'nothing',
  })
}
