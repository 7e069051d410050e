import { lengthConflicts, multipleConflict } from './conflicts.ts'
import type { Path } from './document.ts'
import { expandAt } from './part.ts'
import { type PretrainRecipe, pretrainSchema } from './pretrain-schema.ts'
import { type Conflict, type RecipeKind, recipeName } from './resolve.ts'
import { templateConflicts } from './template-conflicts.ts'
import { trainOptions } from './train-options.ts'
import { valueAt } from './value.ts'

/** The recipe of `lethe pretrain`: a model from scratch. */
export const pretrainKind: RecipeKind<PretrainRecipe> = {
  id: 'pretrain',
  title: 'a pretraining recipe',
  expand: (written) => expandAt(written, ['train', 'optimizer']),
  schemaFor: (written, file) => pretrainSchema(trainOptions(written, 1e-3), recipeName(file)),
  conflicts: (written) => [
    ...lengthConflicts(written),
    ...headConflicts(written),
    ...templateConflicts(written),
    ...multipleConflict(
      written,
      ['model', 'num_attention_heads'],
      ['model', 'num_key_value_heads'],
    ),
  ],
  files: (written) => [
    { at: ['tokenizer', 'path'], kind: 'tokenizer' },
    ...dataPaths(written).map((at) => ({ at, kind: 'data' as const })),
  ],
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

function dataPaths(written: unknown): Path[] {
  const path = valueAt(written, ['data', 'path'])
  return Array.isArray(path) ? path.map((_, index) => ['data', 'path', index]) : [['data', 'path']]
}
