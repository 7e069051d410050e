import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openCheckpoint } from '../src/checkpoint/folder.ts'
import { nodeFolder } from '../src/checkpoint/node-folder.ts'
import { writeModelFolder } from '../src/checkpoint/write-folder.ts'
import { encodeItems } from '../src/data/encode.ts'
import { toItems } from '../src/data/items.ts'
import { parseRecords } from '../src/data/parse-records.ts'
import { hostMemory } from '../src/engine/host-memory.ts'
import { formatProblem, UserError } from '../src/error.ts'
import { exportedFolder } from '../src/run/export.ts'
import { chooseTrainable } from '../src/train/trainable-set.ts'
import { loadWeights } from '../src/train/weight-store.ts'
import { type RawTensor, safetensors, TinyFolder } from './helpers/tiny-folder.ts'

const answer = 'mending chalk puppets'

/** What opening says: every problem that refuses it, or the notes. */
async function said(folder: TinyFolder): Promise<string> {
  try {
    return (await folder.open()).notes.map(formatProblem).join('\n')
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return `refused: ${error.message}`
  }
}

const f32 = (...shape: number[]): RawTensor => ({
  dtype: 'F32',
  shape,
  bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
})
const renamed = (change: (name: string) => string) =>
  new TinyFolder().editTensors((tensors) => {
    const all = [...tensors]
    tensors.clear()
    for (const [name, tensor] of all) tensors.set(change(name), tensor)
  })
const withTensor = (name: string, tensor: RawTensor) =>
  new TinyFolder().editTensors((tensors) => tensors.set(name, tensor))

describe('what a folder stores is used, known to be harmless, or named', () => {
  test('a tied head that is stored with other values is refused', async () => {
    const folder = new TinyFolder().editTensors((tensors) => {
      const { dtype, shape, bytes } = tensors.get('model.embed_tokens.weight')!
      tensors.set('lm_head.weight', {
        dtype,
        shape,
        bytes: new Uint8Array([...bytes.subarray(384), ...bytes.subarray(0, 384)]),
      })
    })
    expect(await said(folder)).toMatch(
      /refused: tiny: lm_head\.weight: expected the values of model\.embed_tokens\.weight, since config\.json has tie_word_embeddings = true, got other values.*"tie_word_embeddings": false/,
    )
  })

  test('a tied head that repeats the embedding is fine', async () => {
    const folder = new TinyFolder().editTensors((tensors) =>
      tensors.set('lm_head.weight', tensors.get('model.embed_tokens.weight')!),
    )
    expect(await said(folder)).toBe('')
  })

  test('entries of the index that no shard has and nothing needs are passed over', async () => {
    const folder = new TinyFolder()
    const tensors = [...folder.tensors()]
    folder.files.delete('model.safetensors')
    const shards = [tensors.slice(0, 30), tensors.slice(30)]
    const files = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']
    const map: Record<string, string> = { 'lm_head.weight': files[0] }
    for (const [i, shard] of shards.entries()) {
      folder.files.set(files[i], safetensors(new Map(shard)))
      for (const [name] of shard) map[name] = files[i]
    }
    const index = (weight_map: object) =>
      folder.files.set('model.safetensors.index.json', JSON.stringify({ weight_map }))
    index(map)
    expect(await said(folder)).toBe('')
    expect(await folder.answer()).toBe(answer)
    folder.files.set(files[1], safetensors(new Map(shards[1].slice(1))))
    expect(await said(folder)).toContain(
      `refused: tiny/${files[1]}: ${shards[1][0][0]}: expected [`,
    )
  })

  test('double precision is called so, and quantised weights are', async () => {
    const as = (dtype: string, bytesEach: number) =>
      new TinyFolder().editTensors((tensors) => {
        const { shape } = tensors.get('model.norm.weight')!
        tensors.set('model.norm.weight', {
          dtype,
          shape,
          bytes: new Uint8Array(shape[0] * bytesEach),
        })
      })
    expect(await said(as('F64', 8))).toMatch(/refused: .*model\.norm\.weight.*double precision/)
    expect(await said(as('F64', 8))).not.toContain('uantised')
    expect(await said(as('I8', 1))).toMatch(/refused: .*got I8. Quantised weights/)
    expect(await said(as('F8_E4M3', 1))).toMatch(/refused: .*Quantised weights/)
  })

  test('buffers of integers that nothing needs are passed over, and copied by an export', async () => {
    const bytes = new Uint8Array(new BigInt64Array([0n, 1n, 2n, 3n]).buffer)
    const folder = withTensor('model.position_ids', { dtype: 'I64', shape: [1, 4], bytes })
    folder.editTensors((tensors) =>
      tensors.set('model.some_flag', { dtype: 'BOOL', shape: [], bytes: Uint8Array.of(1) }),
    )
    expect(await said(folder)).toBe('')
    expect(await folder.answer()).toBe(answer)
    const { checkpoint, model, tokenizer } = await folder.open()
    const store = await loadWeights(
      hostMemory,
      model,
      chooseTrainable(model, { pattern: [] }),
      (name) => checkpoint.read(name),
      0,
    )
    const made = exportedFolder({ checkpoint, model, store, tokenizer, modelCard: '' })
    const target = mkdtempSync(join(tmpdir(), 'lethe-copy-'))
    try {
      await writeModelFolder(target, made)
      const written = await openCheckpoint(await nodeFolder(target))
      expect([...(await written.readBytes('model.position_ids'))]).toEqual([...bytes])
      expect([...(await written.readBytes('model.some_flag'))]).toEqual([1])
    } finally {
      rmSync(target, { recursive: true })
    }
  })

  test.each([
    ['model.layers.9.mlp.up_proj.weight', 'layers beyond those that config.json counts'],
    ['model.layers.0.self_attn.q_proj.bias', 'biases that config.json does not mention'],
    ['score.weight', 'the head of a classifier'],
    ['model.layers.0.mlp.something.weight', 'tensors that this family does not have'],
  ])('%s is named', async (name, what) => {
    const folder = withTensor(name, f32(4))
    expect(await said(folder)).toContain(`tiny: ${name}: expected only tensors of llama`)
    expect(await said(folder)).toContain(what)
    expect(await said(folder)).not.toContain('refused')
  })

  test.each([
    ['model.layers.0.self_attn.q_proj.lora_A.weight', 'matrices of an adapter that was not merged'],
    ['model.layers.0.self_attn.q_proj.weight_scale', 'scales and parts of quantised weights'],
  ])('%s is refused', async (name, what) => {
    expect(await said(withTensor(name, f32(4)))).toMatch(new RegExp(`^refused: tiny: .*${what}`))
  })

  test('rotary frequencies and causal masks are known to be harmless', async () => {
    const rotary = withTensor('model.layers.0.self_attn.rotary_emb.inv_freq', f32(8))
    expect(await said(rotary)).toBe('')
  })

  test.each([
    ['a wrapper, module.', (name: string) => `module.${name}`],
    ['compiled, _orig_mod.', (name: string) => `_orig_mod.${name}`],
    ['PEFT, base_model.model.', (name: string) => `base_model.model.${name}`],
    ['a base model without its own prefix', (name: string) => name.replace(/^model\./, '')],
    ['both', (name: string) => `module.${name.replace(/^model\./, '')}`],
  ])('names of %s are recognised', async (_, change) => {
    const folder = renamed(change)
    expect(await said(folder)).toBe('')
    expect((await folder.open()).checkpoint.tensors.has('model.norm.weight')).toBe(true)
    expect(await folder.answer()).toBe(answer)
  })

  test('weights of something else are not listed one by one', async () => {
    const text = await said(renamed((name) => `encoder.block.${name}`))
    expect(text.split('\n').length).toBeLessThanOrEqual(6)
    expect(text).toContain('more of them missing, and tensors such as encoder.block.')
  })

  test('the keys of transformers 5 are read', async () => {
    const folder = new TinyFolder().edit('config.json', (value) => {
      const { torch_dtype: dtype, rope_theta } = value
      Object.assign(value, { dtype, rope_parameters: { rope_type: 'default', rope_theta } })
      delete value.torch_dtype
      delete value.rope_theta
    })
    expect(await said(folder)).toBe('')
    expect(await folder.answer()).toBe(answer)
  })
})

describe('a folder given by mistake says what it is', () => {
  const instead = (files: Record<string, string>, without: string[] = ['model.safetensors']) => {
    const folder = new TinyFolder()
    for (const file of without) folder.files.delete(file)
    for (const [file, text] of Object.entries(files)) folder.files.set(file, text)
    return said(folder)
  }
  const adapter = {
    'adapter_config.json': '{"peft_type": "LORA", "base_model_name_or_path": "someone/base"}',
    'adapter_model.safetensors': '',
  }

  test('an adapter, with and without the config of its base', async () => {
    const words = /refused: tiny: expected .*, got an adapter for someone\/base .*Merge it first/
    expect(await instead(adapter)).toMatch(words)
    expect(await instead(adapter, ['model.safetensors', 'config.json'])).toMatch(words)
  })

  test.each([
    ['model-Q4.gguf', /weights for llama\.cpp.*safetensors/],
    ['pytorch_model.bin', /pickled weights.*save_pretrained/],
    ['tf_model.h5', /weights of another framework/],
    ['consolidated.safetensors', /got consolidated\.safetensors.*layout of transformers/],
  ])('only %s', async (file, words) => {
    expect(await instead({ [file]: '' })).toMatch(words)
  })

  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'
  test.each([
    'model.safetensors',
    'config.json',
    'generation_config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'chat_template.jinja',
    'tokenizer.model',
  ])('a pointer of Git LFS in place of %s', async (file) => {
    expect(await instead({ [file]: pointer }, [])).toMatch(
      new RegExp(
        `refused: tiny/${file}.*: expected the file itself, got a pointer of Git LFS.*git lfs pull`,
      ),
    )
  })

  test.each(
    'gemma3 gemma3n gemma4 phi4 mistral3 mistral4 qwen3_5 gpt_neo gptj llama4 glm4 opt mpt'.split(
      ' ',
    ),
  )('another family: %s', async (type) => {
    const folder = new TinyFolder().edit('config.json', (value) => {
      value.model_type = type
    })
    const text = await said(folder)
    expect(text).toContain(`got "${type}"`)
    expect(text).toMatch(/another family|mixture of experts/)
    expect(text).not.toContain('Did you mean')
  })

  test.each(['mixtral', 'qwen2_moe', 'qwen3_moe', 'olmoe', 'phimoe', 'gpt_oss'])(
    'a mixture of experts: %s',
    async (type) => {
      const folder = new TinyFolder().edit('config.json', (value) => {
        value.model_type = type
      })
      expect(await said(folder)).toContain('a mixture of experts')
    },
  )

  test('layers that do not attend', async () => {
    const folder = new TinyFolder().edit('config.json', (value) => {
      value.model_type = 'qwen3_5_text'
      value.layer_types = ['linear_attention', 'full_attention']
    })
    expect(await said(folder)).toContain('a model with layers of linear_attention')
  })

  test('experts in a family that has none, and a language model inside another', async () => {
    const experts = new TinyFolder().edit('config.json', (value) => {
      value.num_local_experts = 8
    })
    expect(await said(experts)).toContain('a mixture of experts (num_local_experts = 8)')
    const nested = new TinyFolder()
    const config = JSON.parse(
      new TextDecoder().decode(nested.files.get('config.json') as Uint8Array),
    )
    nested.files.set(
      'config.json',
      JSON.stringify({ model_type: 'mistral3', text_config: config, vision_config: {} }),
    )
    expect(await said(nested)).toContain(
      'a vision-language model, with text_config and vision_config',
    )
  })

  test('a slip of the pen is still told', async () => {
    const folder = new TinyFolder().edit('config.json', (value) => {
      value.model_type = 'lama'
    })
    expect(await said(folder)).toContain('Did you mean "llama"?')
  })
})

const encoded = async (folder: TinyFolder, row: object, template?: 'plain') => {
  const bytes = new TextEncoder().encode(JSON.stringify(row))
  const { items } = toItems(parseRecords(bytes, 'rows.jsonl').records)
  const { tokenizer } = await folder.open()
  try {
    encodeItems(items, tokenizer, { maxLength: 64, ...(template && { template }) })
    return ''
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return error.message
  }
}

describe('what the tokenizer says is followed, or named', () => {
  test('a token that the embedding has no row for is caught at encoding, with its row', async () => {
    const folder = new TinyFolder().edit('tokenizer.json', (value) =>
      value.added_tokens.push({
        id: 2048,
        content: '<|tag|>',
        ...{ single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
      }),
    )
    expect(await encoded(folder, { question: 'Who?', answer: 'A <|tag|> b' })).toMatch(
      /^rows\.jsonl:1:1: .*expected ids of tokens < vocab_size = 2048 of config\.json, got "<\|tag\|>" with id 2048/,
    )
    expect(await encoded(folder, { question: 'Who?', answer: 'A b' })).toBe('')
  })

  test('named chat templates without a default are refused with their names', async () => {
    const template = "{% for m in messages %}{{ m['content'] }}<|eos|>{% endfor %}"
    const row = { question: 'Who?', answer: 'Me.' }
    const listed = new TinyFolder().edit('tokenizer_config.json', (value) => {
      value.chat_template = ['tool_use', 'rag'].map((name) => ({ name, template }))
    })
    expect(await encoded(listed, row)).toMatch(
      /expected a chat template named "default", got only "tool_use", "rag"\. Say "template: plain"/,
    )
    expect(await encoded(listed, row, 'plain')).toBe('')
    const files = new TinyFolder().edit('tokenizer_config.json', (value) => {
      delete value.chat_template
    })
    files.files.set('additional_chat_templates/rag.jinja', template)
    expect(await encoded(files, row)).toMatch(/got only "rag"/)
    const withDefault = listed.edit('tokenizer_config.json', (value) => {
      value.chat_template.push({ name: 'default', template })
    })
    expect(await encoded(withDefault, row)).not.toContain('default')
  })

  test('settings of generation that are not followed are named', async () => {
    const folder = new TinyFolder().edit('generation_config.json', (value) => {
      Object.assign(value, { repetition_penalty: 50, no_repeat_ngram_size: 1, do_sample: false })
    })
    expect(await said(folder)).toMatch(
      /repetition_penalty: expected 1, got 50\. Lethe does not follow .*\n.*no_repeat_ngram_size/,
    )
  })
})
