import { resolve } from 'node:path'
import { addSpecialToken } from '../checkpoint/add-token.ts'
import { roundValues } from '../checkpoint/dtype.ts'
import { editJson } from '../checkpoint/json-text.ts'
import { writeModelFolder } from '../checkpoint/write-folder.ts'
import { encodeItems } from '../data/encode.ts'
import { loadItems } from '../data/load-examples.ts'
import { overlapProblems } from '../data/overlap.ts'
import { refusingItems } from '../data/preferred.ts'
import type { EditData, EditFigures, EditNeeds, EditRule, EditTask } from '../edit/edit-rule.ts'
import { type EditedModel, weightOf } from '../edit/edited-model.ts'
import { withFreshRow } from '../edit/fresh-row.ts'
import type { Engine } from '../engine/engine.ts'
import { onHost } from '../engine/memory.ts'
import { UserError } from '../error.ts'
import { buildModel } from '../model/architectures.ts'
import type { EditRecipe } from '../recipe/edit-recipe.ts'
import { registryOf } from '../recipe/plugins.ts'
import { refusalsOf } from '../run/run-data.ts'
import { BatchInputs } from '../train/batch-inputs.ts'
import { type OpenedModel, openModel } from '../train/session.ts'
import { chooseTrainable } from '../train/trainable-set.ts'
import { loadWeights } from '../train/weight-store.ts'

export interface EditOptions {
  readonly engine: Engine
  readonly recipe: EditRecipe
  /** Where the edited model goes: a folder that is not there. */
  readonly target: string
  readonly progress: EditTask['progress']
}

/**
 * Does a stage `edit`: reads a model folder, edits it in memory by the rule of the recipe, and writes it as another, with its
 * tokenizer.
 *
 * @returns what was measured before and after, by the names of the rule's figures
 * @throws UserError for bad data, knobs that do not fit the model, a token that is there
 */
export async function editModel(options: EditOptions): Promise<EditFigures> {
  const { engine, recipe, target, progress } = options
  const { editRules } = await registryOf(recipe)
  const rule = editRules.get(recipe.edit.id)
  if (!rule) throw new Error(`internal: no edit rule ${recipe.edit.id}`)
  const knobs = rule.schema.parse(withoutId(recipe.edit))
  const needs = rule.needs(knobs)
  const opened = await openModel(recipe.model)
  const { checkpoint, tokenizer } = opened
  const added = needs.token === undefined ? null : addToken(opened, needs.token)
  const config = added?.config ?? checkpoint.configText
  const model = buildModel(JSON.parse(config), recipe.model, (name) => checkpoint.tensors.has(name))
  const { embeddingWeight, headWeight, headBias, dim } = model
  const values = await loadWeights(
    engine.memory,
    model,
    chooseTrainable(model, { pattern: [] }),
    async (name) => {
      const stored = await checkpoint.read(name)
      if (!added) return stored
      if (name === headBias) return padded(stored, model.vocab)
      return name === embeddingWeight || name === headWeight
        ? withFreshRow(stored, dim, added.token, needs.seed, name)
        : stored
    },
    needs.seed,
  )
  const data = await loadEditData(recipe, opened, needs)
  const edited: EditedModel = {
    engine,
    model,
    values: values.tensors,
    inputs: new BatchInputs(model),
    padToken: tokenizer.padToken,
    async round(name) {
      const dtype = checkpoint.tensors.get(name)?.dtype
      if (dtype)
        await onHost(engine.memory, [weightOf(edited, name)], ([array]) =>
          roundValues(array, dtype),
        )
    },
  }
  const task = { edited, data, knobs, token: added?.token ?? null, progress }
  const { before, after } = await rule.edit(task)
  const lines = figureLines(rule, { before, after })
  await writeModelFolder(target, {
    config,
    generationConfig: checkpoint.generationConfigText,
    tokenizerFiles: added?.tokenizerFiles ?? tokenizer.files,
    modelCard: cardOf(recipe, rule, needs, lines),
    tensors: [...checkpoint.tensors, ...checkpoint.others].map(([name, { shape, dtype, file }]) => {
      const own = model.parameters.get(model.copies.get(name) ?? name) ?? shape
      return { name, shape: own, dtype, file }
    }),
    read(name) {
      if (checkpoint.others.has(name)) return checkpoint.readBytes(name)
      const original = model.copies.get(name) ?? name
      return model.parameters.has(original) ? values.exported(original) : checkpoint.read(name)
    },
  })
  for (const line of lines) progress(line)
  return { before, after }
}

/** A token more: its id, the tokenizer with it, and a config with room for it. */
function addToken({ checkpoint, tokenizer, model }: OpenedModel, text: string) {
  const token = tokenizer.vocabSize
  const vocab = Math.max(model.vocab, token + 1)
  return {
    token,
    tokenizerFiles: addSpecialToken(tokenizer.files, text, token),
    config: editJson(checkpoint.configText, { vocab_size: vocab }),
  }
}

function withoutId({ id: _, ...knobs }: EditRecipe['edit']): object {
  return knobs
}

function padded(values: Float32Array, length: number): Float32Array {
  const longer = new Float32Array(length)
  longer.set(values)
  return longer
}

/** The sets, encoded so that an added token fits beside them. */
async function loadEditData(
  { forget, retain }: EditRecipe,
  { tokenizer, model }: OpenedModel,
  { token, refusals, seed }: EditNeeds,
): Promise<EditData> {
  const room = token === undefined ? 0 : 1
  const encode = (items: Parameters<typeof encodeItems>[0], section: EditRecipe['retain']) =>
    encodeItems(items, tokenizer, {
      maxLength: Math.min(section.maxLength ?? model.maxPositions, model.maxPositions) - room,
      ...(section.template ? { template: section.template } : {}),
    }).examples
  const load = async (section: EditRecipe['retain']) => {
    const { items } = await loadItems(resolve(section.path), section)
    const { offset, limit } = section
    return items.slice(offset, limit === null ? undefined : offset + limit)
  }
  const forgetItems = await load(forget)
  const refusing = refusals
    ? refusingItems(forgetItems, await refusalsOf(forget.refusals), seed)
    : []
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
function figureLines({ figures }: EditRule, { before, after }: EditFigures): string[] {
  return Object.entries(figures).map(([key, name]) => {
    const [from, to] = [before, after].map((measured) => measured[key].toPrecision(3))
    return `${name}: ${from} before, ${to} after`
  })
}

function cardOf(
  { model, edit }: EditRecipe,
  { title, source, caution }: EditRule,
  { token }: EditNeeds,
  lines: readonly string[],
): string {
  const added = token === undefined ? '' : `The token \`${token}\` was added. `
  return `# An edited model

Made by Lethe from ${model}: ${title} (${source}), ${JSON.stringify(edit)}.

${added}${caution}

${lines.map((line) => `- ${line}\n`).join('')}
Nothing else was measured. Measure the model with \`lethe eval\`.
`
}
