import { memoryFolder } from '../../src/checkpoint/bytes.ts'
import { type FolderFile, folderFiles } from '../../src/checkpoint/folder-files.ts'
import { makeBatch } from '../../src/data/batch.ts'
import type { Example } from '../../src/data/example.ts'
import { totalSize } from '../../src/graph/shape.ts'
import { resolveMethod } from '../../src/method/resolve.ts'
import type { Recipe } from '../../src/recipe/recipe-schema.ts'
import type { ExportCheck } from '../../src/run/events.ts'
import { createLogitProbe, exportedFolder, reload } from '../../src/run/export.ts'
import { type ModelCardInput, modelCard } from '../../src/run/model-card.ts'
import type { RunData } from '../../src/run/run-data.ts'
import type { Session } from '../../src/train/session.ts'
import { jsonLines, rowsOf } from './rows.ts'
import { recipeOf, type Wish } from './wish.ts'

/** Writes the model in memory as files, and reads it back from them; as `finish` does it on a disk. */
export async function written(
  session: Session,
  wish: Wish,
  recipe: Recipe,
  data: RunData,
  versions: Readonly<Record<string, string>>,
): Promise<Map<string, Uint8Array>> {
  const { checkpoint, engine, model, store, inputs, tokenizer } = session
  const { padToken } = tokenizer
  const example = data.retain?.[0] as Example
  const examples = [example]
  const probe = await createLogitProbe({ engine, model, store, inputs, examples, padToken })
  const trained = await probe.logits()
  const text = recipeOf(wish)
  const started = startedOf(session, recipe, data, versions)
  const about = { started, recipe: text, metrics: null, evaluations: [], ggufs: [], guards: [] }
  const card = (check: ExportCheck | null) =>
    modelCard({
      ...about,
      name: 'playground',
      baseModel: null,
      finishedAt: new Date().toISOString(),
      check,
    })
  const folder = exportedFolder({ checkpoint, model, store, tokenizer, modelCard: card(null) })
  const packed = new Map<string, Uint8Array>()
  for (const file of folderFiles(folder, Number.POSITIVE_INFINITY))
    packed.set(file.name, await wholeOf(file))
  await reload(memoryFolder('model', packed), model, store)
  const logits = await probe.logits()
  packed.set('README.md', utf8(card(probe.compare(trained, logits))))
  probe.dispose()

  const rows = rowsOf(wish)
  const positions = [...makeBatch(examples, padToken).rows]
  const shown = {
    tokens: [...example.tokens],
    // The logits after the token at each of these places.
    positions,
    logits: positions.map((_, i) => [...logits.subarray(i * model.vocab, (i + 1) * model.vocab)]),
  }
  return new Map([
    ...[...packed].map(([name, bytes]) => [`model/${name}`, bytes] as const),
    ['recipe.yaml', utf8(text)],
    ['forget.jsonl', utf8(jsonLines(rows.forget))],
    ['retain.jsonl', utf8(jsonLines(rows.retain))],
    ['logits.json', utf8(`${JSON.stringify(shown)}\n`)],
  ])
}

async function wholeOf({ byteLength, pieces }: FolderFile): Promise<Uint8Array> {
  const whole = new Uint8Array(byteLength)
  let filled = 0
  for await (const piece of pieces()) {
    whole.set(piece, filled)
    filled += piece.length
  }
  return whole
}

const utf8 = (text: string) => new TextEncoder().encode(text)

function startedOf(
  { model, store }: Session,
  recipe: Recipe,
  data: RunData,
  versions: Readonly<Record<string, string>>,
): ModelCardInput['started'] {
  const { id, title, source, summary } = resolveMethod(recipe.method).method
  const { forget, retain } = data
  return {
    method: { id, title, source, summary },
    model: {
      name: 'lethe-tiny',
      modelType: model.modelType,
      parameters: totalSize(model.parameters.values()),
      trainableParameters: totalSize(store.trainable.shapes.values()),
    },
    data: {
      forget: { path: recipe.forget.path, examples: forget.length },
      retain: retain && { path: recipe.retain?.path ?? '', examples: retain.length },
    },
    seed: recipe.train.seed,
    versions: { ...versions },
  }
}
