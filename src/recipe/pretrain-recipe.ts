import { lengthConflicts, multipleConflict } from './conflicts.ts'
import type { Path } from './document.ts'
import { type Conflict, type RecipeKind, recipeName } from './examine-recipe.ts'
import { expandAt } from './part.ts'
import { type PretrainRecipe, pretrainSchema } from './pretrain-schema.ts'
import type { Registry } from './registry.ts'
import { expandPlugins, pluginFiles } from './section/plugins-section.ts'
import { trainOptions } from './section/train-options.ts'
import { templateConflicts } from './template-conflicts.ts'
import { describeValue, valueAt } from './value-path.ts'

/** The recipe of `lethe pretrain`: a model from scratch, or one that is trained further. */
export function pretrainKind(registry: Registry): RecipeKind<PretrainRecipe> {
  return {
    id: 'pretrain',
    title: 'a pretraining recipe',
    expand: (written) => expandAt(expandPlugins(written), ['train', 'optimizer']),
    schemaFor: (written, file) =>
      pretrainSchema(trainOptions(written, 1e-3, registry), recipeName(file)),
    conflicts: (written) => [
      ...lengthConflicts(written),
      ...headConflicts(written),
      ...tokenizerConflicts(written),
      ...templateConflicts(written),
      ...multipleConflict(
        written,
        ['model', 'num_attention_heads'],
        ['model', 'num_key_value_heads'],
      ),
    ],
    files: (written) => [
      { at: ['model', 'path'], kind: 'model' },
      { at: ['tokenizer', 'path'], kind: 'tokenizer' },
      ...dataPaths(written).map((at) => ({ at, kind: 'data' as const })),
      ...pluginFiles(written),
    ],
  }
}

/** hidden_size = heads · headDim, with an even headDim: rotary embedding turns pairs. */
function headConflicts(written: unknown): Conflict[] {
  const dim = valueAt(written, ['model', 'hidden_size'])
  const heads = valueAt(written, ['model', 'num_attention_heads'])
  if (!Number.isInteger(dim) || !Number.isInteger(heads) || Number(heads) <= 0) return []
  const headDim = Number(dim) / Number(heads)
  if (headDim % 2 === 0) return []
  return [
    {
      at: ['model', 'hidden_size'],
      part: 'value',
      code: 'conflict',
      expected: `a multiple of 2 · num_attention_heads = ${2 * Number(heads)}`,
      got: String(dim),
      hint: 'Each head has hidden_size / num_attention_heads dimensions, which the rotary embedding turns in pairs',
    },
  ]
}

/** A new model needs a tokenizer; one that is there knows the tokens of its own. */
function tokenizerConflicts(written: unknown): Conflict[] {
  const there = valueAt(written, ['model', 'path']) !== undefined
  if (there && valueAt(written, ['tokenizer', 'vocabSize']) !== undefined)
    return [
      {
        at: ['tokenizer', 'vocabSize'],
        part: 'key',
        code: 'conflict',
        expected: 'no new tokenizer for the model of model.path, which has one',
        got: `vocabSize ${describeValue(valueAt(written, ['tokenizer', 'vocabSize']))}`,
        hint: 'Remove tokenizer, or set it to null',
      },
    ]
  if (there || (valueAt(written, ['tokenizer']) ?? null) !== null) return []
  return [
    {
      at: ['tokenizer'],
      part: 'key',
      code: 'missing',
      expected: 'a tokenizer for a new model',
      got: 'nothing',
      hint: 'Add tokenizer: { vocabSize: … } to train one, or { path: … } to take one',
    },
  ]
}

function dataPaths(written: unknown): Path[] {
  const path = valueAt(written, ['data', 'path'])
  return Array.isArray(path) ? path.map((_, index) => ['data', 'path', index]) : [['data', 'path']]
}
