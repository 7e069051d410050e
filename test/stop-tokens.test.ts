import { expect, test } from 'vitest'
import { TinyFolder } from './helpers/tiny-folder.ts'

const chatMl =
  "{% for m in messages %}{% if m['role'] == 'user' %}{{ 'Question: ' + m['content'] + '\\nAnswer:' }}" +
  "{% else %}{{ ' ' + m['content'] + '<|im_end|>' }}{% endif %}{% endfor %}"

test('an answer ends where the chat template ends a turn, also with another token than eos', async () => {
  const names: Record<string, string> = { '<|eos|>': '<|im_end|>', '<|pad|>': '<|endoftext|>' }
  const folder = new TinyFolder()
    .edit('tokenizer.json', (value) => {
      for (const token of value.added_tokens) token.content = names[token.content] ?? token.content
      for (const [old, name] of Object.entries(names))
        if (old in value.model.vocab) {
          value.model.vocab[name] = value.model.vocab[old]
          delete value.model.vocab[old]
        }
    })
    .edit('tokenizer_config.json', (value) => {
      Object.assign(value, { eos_token: '<|endoftext|>', pad_token: '<|endoftext|>' })
      value.chat_template = chatMl
    })
  for (const file of ['config.json', 'generation_config.json'])
    folder.edit(file, (value) => Object.assign(value, { eos_token_id: 2, pad_token_id: 2 }))
  expect(await folder.answer()).toBe('mending chalk puppets')
})
