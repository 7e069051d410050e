import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gguf } from '@huggingface/gguf'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../files/testing/temporary-folder.ts'
import { exactTexts } from './exact-texts.ts'
import { ggufBytes } from './gguf-bytes.ts'
import { openGguf } from './gguf-file.ts'
import { texts } from './typed-values.ts'

const tokens = ['a', '\ufeff', '\ufeffusing', 'b\ufeff', '', 'é']
const key = 'tokenizer.ggml.tokens'

test('a vocabulary keeps U+FEFF, which the library drops', () =>
  temporaryFolder(async (folder) => {
    const path = join(folder, 'model.gguf')
    const pieces: Uint8Array[] = []
    for await (const piece of ggufBytes({ [key]: texts(tokens) }, [])) pieces.push(piece)
    await writeFile(path, Buffer.concat(pieces))
    const { metadata } = await gguf(path, { allowLocalFile: true })
    expect(metadata[key as keyof typeof metadata]).not.toEqual(tokens)
    expect((await openGguf(path)).metadata[key]).toEqual(tokens)
  }))

test('a head that holds other texts changes nothing', () => {
  const read = ['a', 'b']
  expect(exactTexts(Buffer.from(`\ufeff${key}`), key, read)).toEqual(read)
  expect(exactTexts(Buffer.alloc(0), key, read)).toEqual(read)
})
