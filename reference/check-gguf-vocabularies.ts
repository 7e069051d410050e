/**
 * Holds the tokens of imported vocabularies against those that llama.cpp expects of itself.
 *
 * node dist/reference/check-gguf-vocabularies.js <folder with ggml-vocab-*.gguf, .gguf.inp and .gguf.out>
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryFolder } from '../src/checkpoint/bytes.ts'
import { openTokenizer, type Tokenizer } from '../src/checkpoint/tokenizer.ts'
import { openGguf } from '../src/gguf/gguf-file.ts'
import { metadataReader } from '../src/gguf/metadata.ts'
import { tokenizerFilesOf } from '../src/gguf/tokenizer-files.ts'
import { tokenizerMetadata } from '../src/gguf/tokenizer-metadata.ts'

/** Writing requires that the same comes back. */
async function writtenAgain(folder: string, tokenizer: Tokenizer): Promise<string> {
  try {
    const own = { folder, tokenizer, config: {}, generation: null, rows: tokenizer.vocabSize }
    const metadata = await tokenizerMetadata(own)
    return `written again as ${metadata['tokenizer.ggml.pre'].value}`
  } catch (error) {
    return `not written again, ${error instanceof Error ? error.message.slice(0, 200) : error}`
  }
}

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
    console.log(
      `${name}: ${same.length} of ${texts.length} texts alike, ${await writtenAgain(path, tokenizer)}`,
    )
  } catch (error) {
    console.log(`${name}: refused, ${error instanceof Error ? error.message : error}`)
  }
}
