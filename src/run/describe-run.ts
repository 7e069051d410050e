import { basename, isAbsolute } from 'node:path'
import type { EvaluationSet } from '../benchmark/takedown.ts'
import type { Example } from '../data/example.ts'
import { previewTokens } from '../data/preview.ts'
import { totalSize } from '../graph/shape.ts'
import { hubNameOf } from '../hub/hub-cache.ts'
import type { Method } from '../method/method.ts'
import type { ResolvedMethod } from '../method/resolve.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { Session } from '../train/session.ts'
import { addsGeneral, isAutomatic } from './automatic-retain.ts'
import type { NewEvent } from './events.ts'
import type { RunData } from './run-data.ts'
import { noReferences, runSteps } from './unlearn-steps.ts'
import { versions } from './versions.ts'

/** Describes a run: the payload of `run.started`. */
export function describeRun(
  recipe: Recipe,
  { model, store, checkpoint }: Session,
  data: RunData,
  method: Method,
) {
  return {
    method: { id: method.id, title: method.title, source: method.source, summary: method.summary },
    model: {
      // A local path says nothing to the reader of a model card.
      name:
        hubNameOf(checkpoint.name) ??
        (isAbsolute(checkpoint.name) ? basename(checkpoint.name) : checkpoint.name),
      modelType: model.modelType,
      parameters: totalSize(model.parameters.values()),
      trainableParameters: totalSize(store.trainable.shapes.values()),
    },
    data: {
      forget: { path: recipe.forget.path, examples: data.forget.length },
      retain: data.retain && describeRetain(recipe, data.retain),
    },
    seed: recipe.train.seed,
    versions: versions(),
  }
}

/** Rows that train, each once however often it does. */
function describeRetain(recipe: Recipe, examples: readonly Example[]) {
  const files = new Map(examples.map(({ origin: { file, line } }) => [`${file}:${line}`, file]))
  const general = addsGeneral(recipe)
    ? [...files.values()].filter((file) => file !== recipe.retain?.path).length
    : 0
  return {
    // That of the run folder says the same wherever it lies.
    path: isAutomatic(recipe) ? 'retain.jsonl' : (recipe.retain?.path ?? ''),
    examples: files.size - general,
    ...(isAutomatic(recipe) && { automatic: true as const }),
    ...(general > 0 && { general }),
  }
}

/** The first batch's examples, two of each set, with the trained tokens marked: where a wrong mask shows. */
export async function previewEvent(
  recipe: Recipe,
  method: ResolvedMethod,
  data: RunData,
  session: Session,
): Promise<NewEvent> {
  const { source } = runSteps(recipe, method, data, session, noReferences)
  const { forget, retain, together } = await source.at(0, 0)
  const members = [...forget, ...retain, ...together].flatMap(({ batch, groups }) =>
    groups.map((group, i) => ({ set: group as EvaluationSet, index: batch.examples[i] })),
  )
  const examples = (['forget', 'retain'] as const).flatMap((set) =>
    members
      .filter((member) => member.set === set)
      .slice(0, 2)
      .map(({ index }) => {
        // A data set that begins at an offset has other places than numbers.
        const example = data[set]?.find((each) => each.index === index) as Example
        return { set, index: example.index, tokens: previewTokens(example, session.tokenizer) }
      }),
  )
  return { type: 'batch.preview', step: 0, examples }
}
