import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UserError } from '../error.ts'
import {
  removeFolderAtomic,
  removeLeftovers,
  writeFileDurable,
  writeFolderAtomic,
} from '../files/atomic.ts'
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

const version = 1
const stateFile = 'state.json'
const tensorFile = 'tensors.safetensors'

/**
 * Writes `dir/step-000120/`: state.json and tensors.safetensors. After a crash at any moment each state in `dir` is
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
  const head = { version, step: state.step, tensorFileBytes: layout.byteLength }
  const json = JSON.stringify({ ...head, data: state.data }, finite, 2)
  const path = join(dir, `step-${String(state.step).padStart(6, '0')}`)
  await writeFolderAtomic(path, json.length + layout.byteLength, async (temporary) => {
    const read = (name: string): Float32Array => (state.tensors.get(name) as StateTensor).data
    await writeFileDurable(join(temporary, tensorFile), safetensorsBytes(layout, read))
    await writeFileDurable(join(temporary, stateFile), json)
  })
  return path
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
 * @throws UserError for a state that is not whole, or of another version
 */
export async function loadState(path: string): Promise<TrainingState> {
  const { source, header, step, data } = await openState(path)
  const tensors = new Map<string, StateTensor>()
  for (const [name, tensor] of header.tensors)
    tensors.set(name, { shape: tensor.shape, data: await readValues(source, tensor) })
  return { step, data, tensors }
}

async function openState(path: string) {
  const folder = await nodeFolder(path)
  const { value } = parseJsonObject(join(path, stateFile), await readAll(folder, stateFile))
  const source = await folder.open(tensorFile)
  const header = await readSafetensorsHeader(source)
  const { step, data } = value as { step: number; data: JsonObject }
  const found = { version: value.version, step, tensorFileBytes: value.tensorFileBytes }
  const expected = { version, step: stepOf(basename(path)) ?? step, tensorFileBytes: source.size }
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new UserError({
      code: 'invalid-state',
      path: join(path, stateFile),
      expected: JSON.stringify(expected),
      got: JSON.stringify(found),
      hint: 'The files are not of one state, or of another version of Lethe.',
    })
  return { source, header, step, data }
}

/** The path of the newest state, of fewer than `below` steps, that is whole; null where there is none. */
export async function latestState(
  dir: string,
  below = Number.POSITIVE_INFINITY,
): Promise<string | null> {
  for (const path of (await statesIn(dir)).reverse())
    if (Number(stepOf(basename(path))) < below && (await isWhole(path))) return path
  return null
}

/**
 * Removes all states but the newest `keep` that are whole, and what killed processes left. States newer than the
 * newest whole one are not touched.
 *
 * @param keep ≥ 1
 */
export async function retainStates(dir: string, keep: number): Promise<void> {
  if (!(keep >= 1)) throw new RangeError(`keep: expected ≥ 1, got ${keep}`)
  const states = await statesIn(dir)
  let whole = 0
  for (const path of states.reverse()) {
    if (whole >= keep) {
      await removeFolderAtomic(path)
    } else if (await isWhole(path)) whole++
  }
  if (states.length > 0) await removeLeftovers(dir, null)
}

async function isWhole(path: string): Promise<boolean> {
  try {
    await openState(path)
    return true
  } catch (error) {
    if (error instanceof UserError) return false
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
