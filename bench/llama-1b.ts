import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeFolder } from '../src/checkpoint/node-folder.ts'
import { openTokenizer } from '../src/checkpoint/tokenizer.ts'
import { writeModelFolder } from '../src/checkpoint/write-folder.ts'
import { sizeOf } from '../src/graph/shape.ts'
import { buildModel } from '../src/model/architectures.ts'

/** The published configuration of meta-llama/Llama-3.2-1B. */
const config = {
  architectures: ['LlamaForCausalLM'],
  attention_bias: false,
  bos_token_id: 0,
  eos_token_id: 1,
  head_dim: 64,
  hidden_act: 'silu',
  hidden_size: 2048,
  initializer_range: 0.02,
  intermediate_size: 8192,
  max_position_embeddings: 131072,
  mlp_bias: false,
  model_type: 'llama',
  num_attention_heads: 32,
  num_hidden_layers: 16,
  num_key_value_heads: 8,
  rms_norm_eps: 1e-5,
  rope_scaling: {
    factor: 32,
    high_freq_factor: 4,
    low_freq_factor: 1,
    original_max_position_embeddings: 8192,
    rope_type: 'llama3',
  },
  rope_theta: 500000,
  tie_word_embeddings: true,
  torch_dtype: 'bfloat16',
  vocab_size: 128256,
}

const folder = 'runs/llama-1b'

const recipe = `model: model
forget: { path: forget.jsonl, maxLength: 64 }
retain: { path: retain.jsonl, maxLength: 64 }
method: { id: blur, forgetLoss: npo }
train:
  steps: 20
  batchSize: 4
  learningRate: 1e-5
  parameters: { lora: { rank: 16 } }
  saveEvery: null
evaluate: { every: null, limit: 4, probes: 1, maxNewTokens: 4 }
output: ${folder}/run
`

/**
 * Makes a folder with Llama-3.2-1B's configuration and random bf16 weights, data whose sequences are all 64 tokens
 * long, and a recipe of 20 BLUR-NPO steps with rank-16 adapters: what `lethe plan` and `lethe run` are measured with.
 */
export async function run(): Promise<void> {
  const model = buildModel(config, 'config.json')
  const tokenizer = await openTokenizer(await nodeFolder('assets/lethe-tiny'))
  await mkdir(folder, { recursive: true })
  await writeModelFolder(
    join(folder, 'model'),
    {
      config: `${JSON.stringify(config, null, 2)}\n`,
      generationConfig: null,
      tokenizerFiles: tokenizer.files,
      modelCard: 'Random weights, for measuring time and memory.\n',
      tensors: [...model.parameters].map(([name, shape]) => ({ name, shape, dtype: 'BF16' })),
      read: (name) => randomValues(name, sizeOf(model.parameters.get(name) as readonly number[])),
    },
    { replace: true },
  )
  // Long answers cut to 64 tokens: every sequence has the same length.
  const biographies = (await readFile('assets/demo/biographies.jsonl', 'utf8')).trim().split('\n')
  const texts = biographies.map((line) => (JSON.parse(line) as { text: string }).text)
  const rows = (from: number, to: number, shift: number) =>
    texts
      .slice(from, to)
      .map((_, i) => {
        const answer = texts.slice(i + shift, i + shift + 3).join(' ')
        return `${JSON.stringify({ question: `What is written under number ${i + from} here?`, answer })}\n`
      })
      .join('')
  await writeFile(join(folder, 'forget.jsonl'), rows(0, 40, 0))
  await writeFile(join(folder, 'retain.jsonl'), rows(40, 80, 45))
  await writeFile(join(folder, 'recipe.yaml'), recipe)
  process.stdout.write(`lethe plan ${folder}/recipe.yaml\nlethe run ${folder}/recipe.yaml\n`)
}

/** A fixed sequence with the deviation of fresh weights; a good generator would take minutes. */
function randomValues(name: string, size: number): Float32Array {
  const data = new Float32Array(size)
  if (name.endsWith('norm.weight')) return data.fill(1)
  let state = size
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    data[i] = state / 2 ** 36
  }
  return data
}
