/**
 * `node dist/bench/grow-model.js <model> <output> <dim> <layers> <ffn>`: a Llama of a larger shape that says what the given one
 * says, so that evaluations of models of several sizes are the same work on the same answers.
 *
 * What is added is zero. A mean of squares over more dimensions is smaller by the ratio of the dimensions, which the weights
 * and the epsilon of the norms make good; a layer whose output matrices are zero adds nothing.
 */

import { openCheckpoint } from '../src/checkpoint/folder.ts'
import { editJson } from '../src/checkpoint/json-text.ts'
import { nodeFolder } from '../src/checkpoint/node-folder.ts'
import { openTokenizer } from '../src/checkpoint/tokenizer.ts'
import { writeModelFolder } from '../src/checkpoint/write-folder.ts'

const [source = '', target = '', ...sizes] = process.argv.slice(2)
const [dim = 0, layers = 0, ffn = 0] = sizes.map(Number)
const folder = await nodeFolder(source)
const checkpoint = await openCheckpoint(folder)
const config = checkpoint.config as Record<string, number>
const [oldDim, oldFfn] = [config.hidden_size, config.intermediate_size]
const headDim = oldDim / config.num_attention_heads
if ((config.num_key_value_heads ?? config.num_attention_heads) !== config.num_attention_heads)
  throw new Error(
    'expected as many key heads as query heads: added ones must not change the groups',
  )
const ratio = oldDim / dim
if (dim < oldDim || ffn < oldFfn || layers < config.num_hidden_layers || dim % headDim !== 0)
  throw new Error(`expected a shape larger than that of ${source}, in heads of ${headDim}`)

const longer = (size: number) => (size === oldDim ? dim : size === oldFfn ? ffn : size)

/** Of an added layer, the shapes of the first. */
const ofFirst = (name: string) => name.replace(/layers\.\d+\./, 'layers.0.')

/** The old tensor in the corner of one of zeros. */
async function grown(name: string, shape: readonly number[]): Promise<Float32Array> {
  const old = checkpoint.tensors.get(name)
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1))
  if (!old) return values
  const read = await checkpoint.read(name)
  const [columns, wide] = [old.shape.at(-1) as number, shape.at(-1) as number]
  const scale = shape.length === 1 ? Math.sqrt(ratio) : 1
  for (let i = 0; i < read.length; i++)
    values[Math.floor(i / columns) * wide + (i % columns)] = scale * read[i]
  return values
}

const names = [...checkpoint.tensors.keys()].filter((name) => !/layers\.\d+\./.test(name))
const inLayer = [...checkpoint.tensors.keys()].filter((name) => name.includes('layers.0.'))
for (let layer = 0; layer < layers; layer++)
  names.push(...inLayer.map((name) => name.replace('layers.0.', `layers.${layer}.`)))
const shapes = new Map(
  names.map((name) => [name, (checkpoint.tensors.get(ofFirst(name))?.shape ?? []).map(longer)]),
)
const changed: Record<string, number> = {
  hidden_size: dim,
  intermediate_size: ffn,
  num_hidden_layers: layers,
  num_attention_heads: dim / headDim,
  num_key_value_heads: dim / headDim,
  rms_norm_eps: config.rms_norm_eps * ratio,
}
const { files } = await openTokenizer(folder)
await writeModelFolder(target, {
  config: editJson(checkpoint.configText, changed),
  generationConfig: checkpoint.generationConfigText,
  tokenizerFiles: files,
  modelCard: `The model ${source} in a larger shape, for measuring speed.\n`,
  tensors: [...shapes].map(([name, shape]) => ({ name, shape, dtype: 'F32' })),
  read: (name) => grown(name, shapes.get(name) as number[]),
})
const parameters = [...shapes.values()].reduce(
  (sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
  0,
)
process.stdout.write(`${target}: ${(parameters / 1e6).toFixed(1)} million parameters\n`)
