/**
 * Holds the tokens of imported vocabularies against those that llama.cpp expects of itself.
 *
 * node dist/reference/check-gguf-vocabularies.js <folder with ggml-vocab-*.gguf, .gguf.inp and .gguf.out>
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryFolder } from '../src/checkpoint/bytes.ts'
import { openTokenizer } from '../src/checkpoint/tokenizer.ts'
import { openGguf } from '../src/gguf/gguf-file.ts'
import { metadataReader } from '../src/gguf/metadata.ts'
import { tokenizerFilesOf } from '../src/gguf/tokenizer-files.ts'

const folder = process.argv[2] ?? '.'
for (const name of readdirSync(folder).filter((file) => /^ggml-vocab-.*\.gguf\.inp$/.test(file))) {
  const path = join(folder, name.replace(/\.inp$/, ''))
  const texts = readFileSync(`${path}.inp`, 'utf8').split('\n__ggml_vocab_test__\n')
  const wanted = readFileSync(`${path}.out`, 'utf8').split('\n')
  try {
    const file = await openGguf(path)
    const files = tokenizerFilesOf(path, file.metadata, metadataReader(path, file.metadata))
    const tokenizer = await openTokenizer(memoryFolder(path, files))
    const same = texts.filter((text, i) => {
      const tokens = tokenizer.encode(text, { addSpecialTokens: false }).join(' ')
      return tokens === (wanted[i] ?? '').trim().split(/\s+/).join(' ')
    })
    console.log(`${name}: ${same.length} of ${texts.length} texts alike`)
  } catch (error) {
    console.log(`${name}: refused, ${error instanceof Error ? error.message : error}`)
  }
}
