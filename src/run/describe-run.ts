import { type Example, previewTokens } from '../data/index.ts'
import type { Method } from '../method/index.ts'
import type { EvaluationSet } from '../metric/record.ts'
import type { Recipe } from '../recipe/schema.ts'
import type { NewEvent } from './events.ts'
import type { RunData } from './run-data.ts'
import type { Session } from './session.ts'
import { versions } from './versions.ts'

/** What a run is: the payload of `run.started`. */
export function describeRun(
  recipe: Recipe,
  { model, store, checkpoint }: Session,
  data: RunData,
  method: Method,
) {
  const count = (shapes: Iterable<readonly number[]>) =>
    [...shapes].reduce((total, shape) => total + shape.reduce((a, b) => a * b, 1), 0)
  return {
    method: { id: method.id, title: method.title, source: method.source, summary: method.summary },
    model: {
      name: checkpoint.name,
      modelType: model.modelType,
      parameters: count(model.parameters.values()),
      trainableParameters: count(store.trainable.shapes.values()),
    },
    data: {
      forget: { path: recipe.forget.path, examples: data.forget.length },
      retain: data.retain && { path: recipe.retain?.path ?? '', examples: data.retain.length },
    },
    seed: recipe.train.seed,
    versions: versions(),
  }
}

/** The first example of each set with its trained tokens marked: what a wrong template or mask shows in. */
export function previewEvent(data: RunData, { tokenizer }: Session): NewEvent {
  const sets: [EvaluationSet, readonly Example[]][] = [
    ['forget', data.forget.slice(0, 2)],
    ['retain', (data.retain ?? []).slice(0, 2)],
  ]
  const examples = sets.flatMap(([set, items]) =>
    items.map((example) => ({
      set,
      index: example.index,
      tokens: previewTokens(example, tokenizer),
    })),
  )
  return { type: 'batch.preview', step: 0, examples }
}
