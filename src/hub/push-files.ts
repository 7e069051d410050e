import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openCheckpoint } from '../checkpoint/folder.ts'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { tokenizerFiles } from '../checkpoint/tokenizer.ts'
import { UserError } from '../error.ts'

export interface FileToPush {
  /** in the model folder, and in the repository */
  readonly name: string
  readonly path: string
  readonly bytes: number
}

/** The files of a model folder that are pushed to a hub. */
export interface ModelToPush {
  readonly folder: string
  readonly files: readonly FileToPush[]
  /** names of files that are there and belong to no model; folders are never sent */
  readonly leftOut: readonly string[]
  readonly bytes: number
}

const card = 'README.md'
const index = 'model.safetensors.index.json'
const besides = [card, 'config.json', 'generation_config.json', ...tokenizerFiles]
const licence = /^(LICEN[CS]E|NOTICE|USE_POLICY)(\.(md|txt))?$/i

/**
 * The files of a model folder, or of the model of a run folder, that a model is made of: weights that are read, settings,
 * tokenizer, card and licence. Only files known to be part of a model: what else lies there may be nobody else's business.
 *
 * @throws UserError for a run without a model, and a folder that is no model or has wrong weights
 */
export async function modelToPush(path: string): Promise<ModelToPush> {
  const folder = modelFolder(path)
  const source = await nodeFolder(folder)
  const checkpoint = await openCheckpoint(source)
  const weights = new Set([...checkpoint.tensors.values()].map(({ file }) => file))
  const present = await source.list()
  const isPart = (name: string): boolean =>
    weights.has(name) ||
    besides.includes(name) ||
    licence.test(name) ||
    // Beside a single file an index is of weights that nothing reads.
    (name === index && !weights.has('model.safetensors'))
  const files: FileToPush[] = []
  for (const name of present.filter(isPart)) {
    const file = join(folder, name)
    files.push({ name, path: file, bytes: (await stat(file)).size })
  }
  return {
    folder,
    files,
    leftOut: present.filter((name) => !isPart(name)),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

export function hasCard({ files }: ModelToPush): boolean {
  return files.some(({ name }) => name === card)
}

function modelFolder(path: string): string {
  if (existsSync(join(path, 'config.json'))) return path
  const ofRun = join(path, 'model')
  if (existsSync(join(ofRun, 'config.json'))) return ofRun
  if (existsSync(join(path, 'events.jsonl')))
    throw new UserError({
      code: 'no-model',
      path,
      expected: 'a run with a model',
      got: 'a run that has written none yet',
      hint: `\`lethe resume ${path}\` goes on with it.`,
    })
  throw new UserError({
    code: 'no-model',
    path,
    expected: 'a model folder (with config.json) or a run folder',
    got: existsSync(path) ? 'a folder without config.json' : 'nothing there',
  })
}
