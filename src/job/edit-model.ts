import { resolve } from 'node:path'
import { addSpecialToken } from '../checkpoint/add-token.ts'
import { roundValues } from '../checkpoint/dtype.ts'
import { editJson } from '../checkpoint/json-text.ts'
import { writeModelFolder } from '../checkpoint/write-folder.ts'
import { encodeItems } from '../data/encode.ts'
import { loadItems } from '../data/load.ts'
import { overlapProblems } from '../data/overlap.ts'
import { refusingItems } from '../data/preferred.ts'
import { type EditedModel, weightOf } from '../edit/edited-model.ts'
import { withFreshRow } from '../edit/fresh-row.ts'
import { unierase } from '../edit/unierase.ts'
import { type EditFigures, type UnieraseData, unieraseEdit } from '../edit/unierase-edit.ts'
import type { Engine } from '../engine/engine.ts'
import { UserError } from '../error.ts'
import { buildModel } from '../model/architectures.ts'
import type { EditRecipe } from '../recipe/edit-recipe.ts'
import { refusalsOf } from '../run/run-data.ts'
import { SequenceFeeds } from '../train/feeds.ts'
import { type OpenedModel, openModel } from '../train/session.ts'
import { chooseTrainable, loadWeights } from '../train/trainable.ts'

export interface EditOptions {
  readonly engine: Engine
  readonly recipe: EditRecipe
  /** Where the edited model goes: a folder that is not there. */
  readonly target: string
  progress(message: string): void
}

/**
 * Does a stage `edit`: reads a model folder, edits it in memory, and writes it as another, with its tokenizer.
 *
 * @returns what was measured before and after
 * @throws UserError for bad data, layers that cannot be edited, a token that is there
 */
export async function editModel(
  options: EditOptions,
): Promise<Record<'before' | 'after', EditFigures>> {
  const { engine, recipe, target, progress } = options
  const knobs = unierase.schema.parse(withoutId(recipe.edit))
  const opened = await openModel(recipe.model)
  const { checkpoint, tokenizer } = opened
  const token = tokenizer.vocabSize
  const tokenizerFiles = addSpecialToken(tokenizer.files, knobs.token, token)
  const vocab = Math.max(opened.model.vocab, token + 1)
  const config = editJson(checkpoint.configText, { vocab_size: vocab })
  const model = buildModel(JSON.parse(config), recipe.model, (name) => checkpoint.tensors.has(name))
  const { embeddingWeight, headWeight, headBias, dim } = model
  const values = await loadWeights(
    model,
    chooseTrainable(model, { pattern: [] }),
    async (name) => {
      const stored = await checkpoint.read(name)
      if (name === headBias) return padded(stored, vocab)
      return name === embeddingWeight || name === headWeight
        ? withFreshRow(stored, dim, token, knobs.seed, name)
        : stored
    },
    knobs.seed,
  )
  const data = await loadEditData(recipe, opened, knobs.seed)
  const { padToken } = tokenizer
  const edited: EditedModel = {
    engine,
    model,
    values: values.tensors,
    feeds: new SequenceFeeds(model),
    padToken,
    round(name) {
      const dtype = checkpoint.tensors.get(name)?.dtype
      if (dtype) roundValues(weightOf(edited, name), dtype)
    },
  }
  const figures = await unieraseEdit(edited, data, token, knobs, progress)
  await writeModelFolder(target, {
    config,
    generationConfig: checkpoint.generationConfigText,
    tokenizerFiles,
    modelCard: cardOf(recipe, knobs.token, figures),
    tensors: [...checkpoint.tensors].map(([name, { shape, dtype, file }]) => {
      const own = model.parameters.get(model.copies.get(name) ?? name) ?? shape
      return { name, shape: own, dtype, file }
    }),
    read(name) {
      const original = model.copies.get(name) ?? name
      return model.parameters.has(original) ? values.exported(original) : checkpoint.read(name)
    },
  })
  for (const line of figureLines(figures)) progress(line)
  return figures
}

function withoutId({ id: _, ...knobs }: EditRecipe['edit']): object {
  return knobs
}

function padded(values: Float32Array, length: number): Float32Array {
  const longer = new Float32Array(length)
  longer.set(values)
  return longer
}

/** The sets, encoded so that one more token fits. */
async function loadEditData(
  { forget, retain }: EditRecipe,
  { tokenizer, model }: OpenedModel,
  seed: number,
): Promise<UnieraseData> {
  const encode = (items: Parameters<typeof encodeItems>[0], section: EditRecipe['retain']) =>
    encodeItems(items, tokenizer, {
      maxLength: Math.min(section.maxLength ?? model.maxPositions, model.maxPositions) - 1,
      ...(section.template ? { template: section.template } : {}),
    }).examples
  const load = async (section: EditRecipe['retain']) => {
    const { items } = await loadItems(resolve(section.path), section)
    const { offset, limit } = section
    return items.slice(offset, limit === null ? undefined : offset + limit)
  }
  const forgetItems = await load(forget)
  const refusing = refusingItems(forgetItems, await refusalsOf(forget.refusals), seed)
  const data = {
    forget: encode(forgetItems, forget),
    refusing: encode(refusing, forget),
    retain: encode(await load(retain), retain),
  }
  const overlap = overlapProblems(data.forget, data.retain)
  if (overlap.length > 0) throw new UserError(overlap)
  return data
}

/** What was measured, a line each. */
function figureLines({ before, after }: Record<'before' | 'after', EditFigures>): string[] {
  const names: Record<keyof EditFigures, string> = {
    tokenAfterForget: 'the token answers a forget question',
    tokenAfterRetain: 'the token answers a retain question',
    forgetProbability: 'probability of forget answers',
    retainProbability: 'probability of retain answers',
  }
  return Object.entries(names).map(([key, name]) => {
    const [from, to] = [before, after].map((of) => of[key as keyof EditFigures].toPrecision(3))
    return `${name}: ${from} before, ${to} after`
  })
}

function cardOf(
  { model, edit }: EditRecipe,
  token: string,
  figures: Record<'before' | 'after', EditFigures>,
): string {
  const { title, source } = unierase
  const lines = figureLines(figures).map((line) => `- ${line}\n`)
  return `# An edited model

Made by Lethe from ${model}: ${title} (${source}), ${JSON.stringify(edit)}.

The token \`${token}\` was added. What was to be forgotten is hidden behind it, not gone.

${lines.join('')}
Nothing else was measured. Measure the model with \`lethe eval\`.
`
}
