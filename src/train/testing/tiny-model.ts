import { makeBatch } from '../../data/batch.ts'
import type { Example } from '../../data/example.ts'
import { hostMemory } from '../../engine/host-memory.ts'
import { type Memory, onHost } from '../../engine/memory.ts'
import { gaussian, integer } from '../../math/random.ts'
import { buildModel } from '../../model/architectures.ts'
import type { LanguageModel } from '../../model/model.ts'
import type { MicroBatch } from '../micro-batch.ts'
import { chooseTrainable, type ParameterChoice } from '../trainable-set.ts'
import { loadWeights, type WeightStore } from '../weight-store.ts'

/** A Llama of two layers with grouped heads, small enough for float64 differences. */
export function tinyModel(options: Record<string, unknown> = {}): LanguageModel {
  return buildModel(
    {
      model_type: 'llama',
      vocab_size: 40,
      hidden_size: 16,
      intermediate_size: 24,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      num_key_value_heads: 1,
      max_position_embeddings: 64,
      rms_norm_eps: 1e-5,
      initializer_range: 0.3,
      ...options,
    },
    'config.json',
  )
}

/** Random weights; norms and adapters off their neutral values, so that nothing is tested at a special point. */
export async function tinyStore(
  model: LanguageModel,
  choice: ParameterChoice = 'all',
  seed = 1,
  memory: Memory = hostMemory,
): Promise<WeightStore> {
  const read = async (name: string) => {
    const values = model.initialValue(name, seed)
    if (name.endsWith('norm.weight'))
      for (let i = 0; i < values.length; i++) values[i] += 0.2 * gaussian(seed, ['norm', name], i)
    return values
  }
  const store = await loadWeights(memory, model, chooseTrainable(model, choice), read, seed)
  for (const [name, view] of store.trained.views)
    if (name.endsWith('.lora_B.weight'))
      await onHost(memory, [view], ([b]) => {
        for (let i = 0; i < b.length; i++) b[i] = 0.1 * gaussian(seed, ['adapter', name], i)
      })
  return store
}

/** Random examples of 4 to 14 tokens, of which the last 1 to `tokens − 1` are trained; tokens repeat. */
export function tinyExamples(count: number, seed: number, vocab = 40): Example[] {
  return Array.from({ length: count }, (_, index) => {
    const length = 4 + integer(seed, ['length'], index, 11)
    const prompt = 1 + integer(seed, ['prompt'], index, length - 1)
    return {
      index,
      tokens: Int32Array.from({ length }, (_, t) => integer(seed, ['token', index], t, vocab)),
      trained: Uint8Array.from({ length }, (_, t) => (t >= prompt ? 1 : 0)),
      promptLength: prompt,
      prompt: 'prompt',
      answer: 'answer',
      origin: { file: 'tiny.jsonl', line: index + 1 },
      truncatedTokens: 0,
    }
  })
}

/** One micro-batch of the given examples; reference scores are made up, as long as they are those of the example. */
export function microBatch(groups: Readonly<Record<string, readonly Example[]>>): MicroBatch {
  const members = Object.entries(groups).flatMap(([group, examples]) =>
    examples.map((example) => ({ group, example })),
  )
  const batch = makeBatch(
    members.map(({ example }) => example),
    0,
  )
  return {
    batch,
    groups: members.map(({ group }) => group),
    referenceLogProb: Float32Array.from(
      batch.sequenceOf,
      (b) => -2 - (members[b].example.index % 3) / members[b].example.tokens.length,
    ),
  }
}

/** Largest difference over the largest expected value. */
export function relativeDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0
  let largest = 0
  for (let i = 0; i < expected.length; i++) {
    // Not-a-number must not pass for small.
    difference = Math.max(difference, Math.abs(got[i] - expected[i]))
    largest = Math.max(largest, Math.abs(expected[i]))
  }
  return difference / largest
}
