import type { Problem } from '../error.ts'
import type { LanguageModel } from './model.ts'

/** Buffers that follow from the configuration: transformers makes them anew and ignores what is stored. */
const harmless =
  /rotary_emb\.(inv_freq|cos_cached|sin_cached)$|\.(attn|attention)\.(bias|masked_bias)$|(^|\.)position_ids$/
const floats = /^(BF|F)\d/

/** A kind of tensor that a folder may hold beside a model's own. */
interface Kind {
  matches(name: string, model: LanguageModel): boolean
  /** Whether a model without them is another one, so that opening it is an error. */
  refused: boolean
  what: string
  hint: string
}

const kinds: readonly Kind[] = [
  {
    matches: (name) =>
      /\.lora_|\.base_layer\.|\.ia3_|\.modules_to_save\.|\.oft_|\.boft_/.test(name),
    refused: true,
    what: 'matrices of an adapter that was not merged',
    hint: 'Merge it first; in Python, `model.merge_and_unload().save_pretrained(folder)`.',
  },
  {
    matches: (name) =>
      /weight_scale|weight_scale_inv|input_scale|weight_packed|weight_shape|\.(scales?|qweight|qzeros|g_idx|zero_point|absmax|nested_absmax|quant_map|nested_quant_map|SCB|weight_format)$|quant_state/.test(
        name,
      ),
    refused: true,
    what: 'scales and parts of quantised weights',
    hint: 'Quantised weights cannot be trained; use the model they were made from.',
  },
  {
    matches: (name, model) => layerOf(name) >= model.layers,
    refused: false,
    what: 'layers beyond those that config.json counts',
    hint: 'They are not used, only copied. Where they should be, set the number of layers in config.json.',
  },
  {
    matches: (name, model) =>
      name.endsWith('.bias') && model.parameters.has(name.replace(/bias$/, 'weight')),
    refused: false,
    what: 'biases that config.json does not mention',
    hint: 'They are not used, only copied. Where the model was trained with them, say so in config.json (attention_bias, mlp_bias).',
  },
  {
    matches: (name) =>
      /^(score|classifier|qa_outputs|v_head|value_head|summary|cls|reward)/.test(name),
    refused: false,
    what: 'the head of a classifier or of a reward model',
    hint: 'It is not used, only copied: Lethe reads the folder as a language model.',
  },
  {
    matches: () => true,
    refused: false,
    what: 'tensors that this family does not have',
    hint: 'They are not used, only copied.',
  },
]

/**
 * What a folder stores that the model has no use for and that is not known to be harmless, one problem a kind. Buffers
 * of integers are harmless.
 *
 * @param tensors what is stored beside the weights of the model
 * @returns problems to be refused, and notes to be shown
 */
export function unusedWeights(
  model: LanguageModel,
  tensors: ReadonlyMap<string, { readonly dtype: string }>,
  folder: string,
): { refused: Problem[]; notes: Problem[] } {
  const refused: Problem[] = []
  const notes: Problem[] = []
  const unused = [...tensors.keys()].filter((name) => !harmless.test(name))
  const left = new Set(unused)
  for (const kind of kinds) {
    const names = [...left].filter((name) => kind.matches(name, model))
    for (const name of names) left.delete(name)
    const meant = kind.refused
      ? names
      : names.filter((name) => floats.test(tensors.get(name)?.dtype ?? ''))
    if (meant.length === 0) continue
    const list = kind.refused ? refused : notes
    list.push({
      code: kind.refused ? 'unsupported-weights' : 'unused-weights',
      path: `${folder}: ${meant[0]}`,
      expected: `only tensors of ${model.modelType} with ${model.layers} layers`,
      got: meant.length === 1 ? kind.what : `${kind.what}, ${meant.length} of them`,
      hint: kind.hint,
    })
  }
  return { refused, notes }
}

function layerOf(name: string): number {
  return Number(/(?:^|\.)(?:layers|h|blocks)\.(\d+)\./.exec(name)?.[1] ?? -1)
}
