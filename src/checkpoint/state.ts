import { createHash, type Hash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Problem, UserError } from '../error.ts'
import {
  removeFolderAtomic,
  removeLeftovers,
  writeFileDurable,
  writeFolderAtomic,
} from '../files/atomic.ts'
import { fileHash, textHash } from '../files/content-hash.ts'
import { readAll } from './bytes.ts'
import { type JsonObject, parseJsonObject } from './json-text.ts'
import { nodeFolder } from './node-folder.ts'
import { readSafetensorsHeader, readValues } from './safetensors.ts'
import { safetensorsBytes, safetensorsLayout, type TensorSpec } from './safetensors-write.ts'

/** A float32 array with its shape. */
export interface StateTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** All that training needs to go on as if it had never stopped. */
export interface TrainingState {
  /** Optimiser steps done. */
  readonly step: number
  /** JSON values, finite numbers only. Numbers come back as they were, except that −0 becomes 0. */
  readonly data: JsonObject
  /** Bit for bit, NaN payloads too. */
  readonly tensors: ReadonlyMap<string, StateTensor>
}

/** 1 had no checksums; its states are still read. */
const version = 2
const stateFile = 'state.json'
const tensorFile = 'tensors.safetensors'

/**
 * Writes `dir/step-000120/`: tensors.safetensors, and state.json with the checksums of both (SHA-256). After a crash at any moment each state in `dir` is
 * whole; one of the same step that is already there is replaced.
 *
 * @returns the path of the state
 * @throws UserError for a place that cannot be written, DiskFullError for a full disk; nothing is left behind
 */
export async function saveState(dir: string, state: TrainingState): Promise<string> {
  const tensors = [...state.tensors].map(
    ([name, { shape }]): TensorSpec => ({ name, dtype: 'F32', shape }),
  )
  const layout = safetensorsLayout(tensors, {})
  const data = JSON.stringify(state.data, finite)
  const path = join(dir, `step-${String(state.step).padStart(6, '0')}`)
  await writeFolderAtomic(path, data.length + layout.byteLength, async (temporary) => {
    const read = (name: string): Float32Array => (state.tensors.get(name) as StateTensor).data
    const hash = createHash('sha256')
    const bytes = hashed(safetensorsBytes(layout, read), hash)
    await writeFileDurable(join(temporary, tensorFile), bytes)
    const finite = [...state.tensors.values()].every((tensor) => hasFinite(tensor))
    const head = { version, step: state.step, tensorFileBytes: layout.byteLength, finite }
    const sha256 = { tensors: hash.digest('hex'), data: textHash(data) }
    const json = JSON.stringify({ ...head, sha256, data: state.data }, null, 2)
    await writeFileDurable(join(temporary, stateFile), json)
  })
  return path
}

function hasFinite({ data }: StateTensor): boolean {
  // Infinity and not-a-number are the only ones that less themselves are not 0.
  for (let i = 0; i < data.length; i++) if (data[i] - data[i] !== 0) return false
  return true
}

async function* hashed(pieces: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece)
    yield piece
  }
}

/** JSON has no NaN or ∞ and would write null. */
function finite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Error(`state.data: expected finite numbers, got ${key} = ${value}`)
  return value
}

/**
 * Reads a state back.
 *
 * @throws UserError for a state that is not whole, not the bytes that were written, or of another version
 */
export async function loadState(path: string): Promise<TrainingState> {
  const { source, header, step, data, sha256 } = await openState(path)
  if (sha256) {
    const found = {
      tensors: await fileHash(join(path, tensorFile)),
      data: textHash(JSON.stringify(data) ?? ''),
    }
    if (found.tensors !== sha256.tensors || found.data !== sha256.data)
      throw new UserError({
        code: 'damaged-state',
        path,
        expected: `SHA-256 ${JSON.stringify(sha256)}, as written`,
        got: JSON.stringify(found),
        hint: 'The disk has changed it; a state before it may be whole.',
      })
  }
  const tensors = new Map<string, StateTensor>()
  for (const [name, tensor] of header.tensors)
    tensors.set(name, { shape: tensor.shape, data: await readValues(source, tensor) })
  return { step, data, tensors }
}

/** The newest state that can be gone on from. */
export interface LatestState {
  readonly path: string
  readonly state: TrainingState
  /** what is wrong with newer ones */
  readonly passedOver: readonly Problem[]
}

/**
 * Reads the newest state that is the bytes that were written; null where none was saved.
 *
 * @throws UserError where there are states and none can be read, with what is wrong with each
 */
export async function loadLatestState(dir: string): Promise<LatestState | null> {
  const passedOver: Problem[] = []
  for (const path of (await statesIn(dir)).reverse())
    try {
      return { path, state: await loadState(path), passedOver }
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      passedOver.push(...error.problems)
    }
  if (passedOver.length > 0) throw new UserError(passedOver)
  return null
}

interface StoredHead extends JsonObject {
  readonly step: number
  readonly data: JsonObject
  readonly sha256?: { readonly tensors: string; readonly data: string }
  /** whether all numbers are; not said by states of before */
  readonly finite?: boolean
}

async function openState(path: string) {
  const folder = await nodeFolder(path)
  const { value } = parseJsonObject(join(path, stateFile), await readAll(folder, stateFile))
  const source = await folder.open(tensorFile)
  const header = await readSafetensorsHeader(source)
  const { step, data, sha256, finite = true } = value as StoredHead
  const found = { version: value.version, step, tensorFileBytes: value.tensorFileBytes }
  const expected = {
    version: sha256 ? version : 1,
    step: stepOf(basename(path)) ?? step,
    tensorFileBytes: source.size,
  }
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new UserError({
      code: 'invalid-state',
      path: join(path, stateFile),
      expected: JSON.stringify(expected),
      got: JSON.stringify(found),
      hint: 'The files are not of one state, or of another version of Lethe.',
    })
  return { source, header, step, data, sha256, finite }
}

/**
 * The path of the newest state, of fewer than `below` steps, whose files are of the right size; null where there is none.
 * Checksums are left to `loadLatestState`, which reads all bytes anyway.
 */
export async function latestState(
  dir: string,
  below = Number.POSITIVE_INFINITY,
): Promise<string | null> {
  for (const path of (await statesIn(dir)).reverse())
    if (Number(stepOf(basename(path))) < below && (await wholeState(path))) return path
  return null
}

/** The path of the newest state whose numbers are all finite; null where there is none. */
export async function latestFiniteState(dir: string): Promise<string | null> {
  for (const path of (await statesIn(dir)).reverse()) {
    const state = await loadState(path).catch(() => null)
    if (state && [...state.tensors.values()].every(hasFinite)) return path
  }
  return null
}

/**
 * Removes all states but the newest `keep` that are whole, and what killed processes left. States newer than the
 * newest whole one are not touched, nor is the newest one that is good: finite, and of at most `goodAt` steps where there is one.
 *
 * @param keep   ≥ 1
 * @param goodAt steps up to which the model is known to be good
 */
export async function retainStates(
  dir: string,
  keep: number,
  goodAt = Number.POSITIVE_INFINITY,
): Promise<void> {
  if (!(keep >= 1)) throw new RangeError(`keep: expected ≥ 1, got ${keep}`)
  const states = (await statesIn(dir)).reverse()
  const heads = await Promise.all(states.map(wholeState))
  const whole = states.filter((_, i) => heads[i])
  const finite = states.filter((_, i) => heads[i]?.finite)
  const good = finite.find((path) => Number(stepOf(basename(path))) <= goodAt) ?? finite[0]
  const last = whole[keep - 1]
  if (last)
    for (const path of states.slice(states.indexOf(last) + 1))
      if (path !== good) await removeFolderAtomic(path)
  if (states.length > 0) await removeLeftovers(dir, null)
}

/** The head of a state whose files are of the right size; null of another. */
async function wholeState(path: string) {
  try {
    return await openState(path)
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

/** The paths of all states, oldest first. */
async function statesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  return entries
    .flatMap(({ name }) => {
      const step = stepOf(name)
      return step === null ? [] : [{ name, step }]
    })
    .sort((a, b) => a.step - b.step)
    .map(({ name }) => join(dir, name))
}

function stepOf(name: string): number | null {
  const digits = /^step-(\d+)$/.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}
