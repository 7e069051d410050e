/**
 * Writes the small models of test/golden as GGUF files, for check_gguf_export.py with --tokens.
 *
 * node dist/reference/small-ggufs.js <folder>
 */
import { join } from 'node:path'
import { openCheckpoint } from '../src/checkpoint/folder.ts'
import { nodeFolder } from '../src/checkpoint/node-folder.ts'
import { writeFileAtomic } from '../src/files/atomic.ts'
import { ggufContent } from '../src/gguf/export-gguf.ts'
import { ggufBytes } from '../src/gguf/gguf-bytes.ts'
import { nameless, smallModels } from '../src/gguf/testing/small-models.ts'
import { text } from '../src/gguf/typed-values.ts'
import { buildModel } from '../src/model/architectures.ts'

const target = process.argv[2] ?? '.'
for (const [name, changes] of Object.entries(smallModels)) {
  const read = await openCheckpoint(await nodeFolder(join('test/golden', name)))
  const checkpoint = { ...read, config: { ...read.config, ...changes } }
  const model = buildModel(checkpoint.config, name)
  const { own, tensors } = ggufContent({ checkpoint, model }, { card: null, type: 'f16' })
  const bytes = ggufBytes(
    { ...own, ...nameless(model.vocab), 'general.name': text('small') },
    tensors,
  )
  await writeFileAtomic(join(target, `${name}.gguf`), bytes)
}
