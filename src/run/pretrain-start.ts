import { memoryFolder } from '../checkpoint/bytes.ts'
import type { ModelFolder } from '../checkpoint/folder-files.ts'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { openTokenizer, type Tokenizer } from '../checkpoint/tokenizer.ts'
import { trainTokenizer } from '../checkpoint/train-tokenizer.ts'
import { loadItems } from '../data/load-examples.ts'
import { UserError } from '../error.ts'
import { buildModel } from '../model/architectures.ts'
import type { LanguageModel } from '../model/model.ts'
import type { PretrainRecipe } from '../recipe/pretrain-schema.ts'
import { openModel } from '../train/session.ts'
import type { WeightStore } from '../train/weight-store.ts'
import { exportedFolder } from './export.ts'

/** The model that pretraining begins with: random weights in an architecture of the recipe, or a model as it is. */
export interface Beginning {
  readonly title: string
  readonly model: LanguageModel
  readonly tokenizer: Tokenizer
  /** first values of a weight */
  initial(name: string): Promise<Float32Array>
  /** the trained model as a Hugging Face folder */
  folder(store: WeightStore, modelCard: string): ModelFolder
}

/** @throws UserError for whatever is wrong with a folder that the recipe names */
export async function beginningOf(recipe: PretrainRecipe): Promise<Beginning> {
  return 'path' in recipe.model
    ? goingOn(recipe, recipe.model.path)
    : fromScratch(recipe, recipe.model)
}

async function goingOn(recipe: PretrainRecipe, path: string): Promise<Beginning> {
  const opened = await openModel(path)
  const { checkpoint, model } = opened
  const tokenizer = recipe.tokenizer ? await makeTokenizer(recipe) : opened.tokenizer
  if (tokenizer.vocabSize > model.vocab)
    throw new UserError({
      code: 'vocabulary',
      path: 'tokenizer.path',
      expected: `at most vocab_size = ${model.vocab} tokens, by config.json of ${path}`,
      got: String(tokenizer.vocabSize),
    })
  return {
    title: 'Further training',
    model,
    tokenizer,
    initial: (name) => checkpoint.read(name),
    folder: (store, modelCard) =>
      exportedFolder({ checkpoint, model, store, tokenizer, modelCard }),
  }
}

type Architecture = Exclude<PretrainRecipe['model'], { path: string }>

async function fromScratch(recipe: PretrainRecipe, shape: Architecture): Promise<Beginning> {
  const tokenizer = await makeTokenizer(recipe)
  const config = modelConfig(shape, recipe.dtype, tokenizer)
  const model = buildModel(config, 'config.json')
  const dtype = recipe.dtype === 'bf16' ? 'BF16' : 'F32'
  const { bosToken, eosToken, padToken } = tokenizer
  const special = { bos_token_id: bosToken, eos_token_id: eosToken, pad_token_id: padToken }
  return {
    title: 'Training from scratch',
    model,
    tokenizer,
    initial: async (name) => model.initialValue(name, recipe.seed),
    folder: (store, modelCard) => ({
      config: `${JSON.stringify(config, null, 2)}\n`,
      generationConfig: `${JSON.stringify(special, null, 2)}\n`,
      tokenizerFiles: tokenizer.files,
      modelCard,
      tensors: [...model.parameters].map(([name, shape]) => ({ name, shape, dtype })),
      read: (name) => store.exported(name),
    }),
  }
}

const specialTokens = { bos: '<|bos|>', eos: '<|eos|>', pad: '<|pad|>' }

async function makeTokenizer({ tokenizer: choice, data }: PretrainRecipe): Promise<Tokenizer> {
  if (!choice) throw new Error('internal: a recipe without tokenizer passed its checks')
  if ('path' in choice) return openTokenizer(await nodeFolder(choice.path))
  const texts: string[] = []
  for (const path of [data.path].flat())
    for (const { prompt, answer } of (await loadItems(path)).items) texts.push(prompt, ` ${answer}`)
  const { vocabSize } = choice
  const { tokenizer, tokenizerConfig } = trainTokenizer({ texts, vocabSize, specialTokens })
  const encode = (value: object) => new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`)
  return openTokenizer(
    memoryFolder(
      'tokenizer',
      new Map([
        ['tokenizer.json', encode(tokenizer)],
        ['tokenizer_config.json', encode(tokenizerConfig)],
      ]),
    ),
  )
}

function modelConfig(
  { num_key_value_heads, ...model }: Architecture,
  dtype: PretrainRecipe['dtype'],
  tokenizer: Tokenizer,
): Record<string, unknown> {
  return {
    architectures: ['LlamaForCausalLM'],
    ...model,
    num_key_value_heads: num_key_value_heads ?? model.num_attention_heads,
    hidden_act: 'silu',
    vocab_size: tokenizer.vocabSize,
    bos_token_id: tokenizer.bosToken,
    eos_token_id: tokenizer.eosToken,
    pad_token_id: tokenizer.padToken,
    torch_dtype: dtype === 'bf16' ? 'bfloat16' : 'float32',
  }
}
