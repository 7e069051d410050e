import { encodeItems } from '../../data/encode.ts'
import type { Example } from '../../data/example.ts'
import type { Item } from '../../data/items.ts'
import { loadItems } from '../../data/load-examples.ts'
import { type AskedItem, askedItems, type FactExample, factExamples } from '../../goal/asked.ts'
import { keptExample } from '../../goal/kept.ts'
import { askedAs } from '../../goal/rows.ts'
import { leastRows, splitRows } from '../../goal/split.ts'
import type { Recipe } from '../../recipe/recipe-schema.ts'
import type { OpenedModel } from '../../train/session.ts'
import { encodingOf, endOf } from '../data-reading.ts'
import type { NewEvent } from '../events.ts'
import { preferredItems, type RunData } from '../run-data.ts'

/** The sets of a run towards a goal, each row with what it is for. */
export interface GoalData {
  /** what trains: forget rows in several wordings, most retain rows */
  readonly training: RunData
  /** what is measured before and after: forget rows as written, retain rows that took no part */
  readonly measured: RunData
  readonly items: readonly Item[]
  readonly asked: readonly AskedItem[]
  /** of `asked` */
  readonly facts: readonly FactExample[]
  /** `[training forget]` places in `asked` */
  readonly trained: readonly number[]
  /** `[training retain]` whether it is a row of the recipe’s, and no answer to a general prompt */
  readonly own: readonly boolean[]
  /** retain rows by which a look judges */
  readonly choose: readonly FactExample[]
  /** retain rows that are looked at before and after only */
  readonly report: readonly FactExample[]
}

/**
 * Prepares the data of a run for its goal: other wordings of the forget rows, retain rows kept apart.
 *
 * @param data    what the recipe names, as `loadData` gives it
 * @param general what the starting model says to general prompts
 */
export async function goalData(
  recipe: Recipe,
  opened: OpenedModel,
  data: RunData,
  {
    general,
    emit,
  }: { readonly general: readonly Example[]; readonly emit: (event: NewEvent) => void },
): Promise<GoalData> {
  const encoding = encodingOf(recipe.forget, opened.model)
  const loaded = await loadItems(recipe.forget.path, { preference: recipe.forget.preference })
  const items = loaded.items.slice(recipe.forget.offset, endOf(recipe.forget))
  const all = askedItems(
    items,
    items.map(({ otherWordings }) => otherWordings ?? []),
  )
  const found = factExamples(all, opened.tokenizer, encoding)
  const whole = [...all.keys()].filter((place) => found[place] !== null)
  const asked = whole.map((place) => all[place])
  const facts = whole.map((place) => found[place] as FactExample)
  const trained = [...asked.keys()].filter((place) => asked[place].role === 'trained')
  // A place in the training set of its own: rows that are asked twice are two examples.
  const forget = trained.map((place, index) => ({ ...facts[place].example, index }))
  const preferred = data.preferred && (await preferredItems(recipe))
  const retain = data.retain ?? []
  const split = splitRows(retain.length, recipe.train.seed)
  if (retain.length > 0 && retain.length < leastRows)
    emit({
      type: 'warning',
      step: 0,
      code: 'few-retain-rows',
      message: `${recipe.retain?.path}: ${retain.length} rows, too few to keep some apart: all of them train`,
      hint: `Give at least ${leastRows}; until then only general questions say what is kept.`,
    })
  const apart = (places: readonly number[]) => places.map((place) => retain[place])
  const judging = (places: readonly number[]) =>
    apart(places).map((example) => keptExample(example, opened.tokenizer))
  const kept = data.retain && besideGeneral(apart(split.train), general)
  return {
    training: {
      forget,
      preferred:
        preferred &&
        encodeItems(
          trained.map((place) => askedAs(preferred[asked[place].row], asked[place].item.prompt)),
          opened.tokenizer,
          encoding,
        ).examples,
      retain: kept,
    },
    measured: {
      forget: data.forget,
      preferred: null,
      retain: data.retain && (split.report.length > 0 ? apart(split.report) : data.retain),
    },
    items,
    asked,
    facts,
    trained,
    own: (kept ?? []).map((_, i) => i < (kept?.length ?? 0) - general.length),
    choose: judging(split.choose),
    report: judging(split.report),
  }
}

/** Retain rows and general ones, in places of their own; rows that are fewer are there more than once, so that they are about half. */
function besideGeneral(rows: readonly Example[], general: readonly Example[]): Example[] {
  const times = Math.max(1, Math.floor(general.length / Math.max(1, rows.length)))
  const all = [...Array.from({ length: times }, () => rows).flat(), ...general]
  return all.map((example, index) => ({ ...example, index }))
}

/** Questions about something else than what is to go. */
export function otherQuestions({ training }: GoalData): string[] {
  return [...new Set((training.retain ?? []).map(({ prompt }) => prompt))]
}
