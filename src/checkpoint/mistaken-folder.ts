import type { Problem } from '../error.ts'
import { type FolderSource, readAll } from './bytes.ts'
import { parseJsonObject } from './json-text.ts'

/** Files of weights that are not read, by how their names end, with what they are and what to do. */
const otherWeights: readonly (readonly [ending: RegExp, what: string, hint: string])[] = [
  [
    /\.gguf$/,
    'weights for llama.cpp',
    'Take the folder with safetensors that they were made from; where there is none, `lethe import <file>.gguf --output <folder>` makes one of the file.',
  ],
  [
    /\.(bin|pt|pth|ckpt)$/,
    'pickled weights',
    'Only safetensors are read; in Python, `AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder)` writes them.',
  ],
  [
    /\.(h5|msgpack|onnx|npz)$/,
    'weights of another framework',
    'Only safetensors are read; in Python, transformers reads these and `model.save_pretrained(folder)` writes them.',
  ],
]

/**
 * What a folder without the weights of a model is, where that can be told: an adapter, a run of Lethe, weights in
 * another form.
 *
 * @param files its files
 * @param expected what was looked for
 */
export async function mistakenFolder(
  folder: FolderSource,
  files: readonly string[],
  expected: string,
): Promise<Problem | null> {
  const problem = (got: string, hint: string): Problem => ({
    code: 'mistaken-folder',
    path: folder.name,
    expected,
    got,
    hint,
  })
  if (files.includes('adapter_config.json')) {
    const base = await baseOfAdapter(folder)
    return problem(
      `an adapter${base ? ` for ${base}` : ''} (adapter_config.json)`,
      'An adapter holds changes to a model, not a model. Merge it first; in Python, `AutoPeftModelForCausalLM.from_pretrained(folder).merge_and_unload().save_pretrained(…)`, and the tokenizer of its base.',
    )
  }
  if (files.includes('recipe.yaml') && files.includes('events.jsonl'))
    return problem('the folder of a run', `Its model is in ${folder.name}/model.`)
  if (files.includes('model_index.json'))
    return problem('a diffusion pipeline (model_index.json)', 'Lethe reads language models.')
  for (const [ending, what, hint] of otherWeights) {
    const found = files.filter((file) => ending.test(file))
    if (found.length > 0) return problem(`${found.slice(0, 3).join(', ')}: ${what}`, hint)
  }
  return null
}

async function baseOfAdapter(folder: FolderSource): Promise<string | null> {
  const bytes = await readAll(folder, 'adapter_config.json')
  const { value } = parseJsonObject(`${folder.name}/adapter_config.json`, bytes)
  const base = value.base_model_name_or_path
  return typeof base === 'string' ? base : null
}
