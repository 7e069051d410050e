import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { freemem } from 'node:os'
import { dirname, resolve } from 'node:path'
import { UserError } from '../../error.ts'
import { registryOf } from '../../recipe/plugins.ts'
import type { Recipe } from '../../recipe/recipe-schema.ts'
import type { Registry } from '../../recipe/registry.ts'
import { openModel } from '../../train/session.ts'
import { bytesText } from '../../units.ts'
import { estimateRun, type Plan } from './estimate-run.ts'
import { plannedData } from './planned-data.ts'

/**
 * Counts what a recipe will take: memory by part from the graph itself, no weight loaded.
 *
 * @throws UserError where it cannot fit into memory or on the disk, with what would
 */
export async function planRun(
  recipe: Recipe,
  { registry: base, ...limits }: { freeBytes: number; registry?: Registry },
): Promise<Plan> {
  const registry = await registryOf(recipe, base)
  const opened = await openModel(recipe.model)
  const data = await plannedData(recipe, opened, registry)
  const estimate = await estimateRun(recipe, opened, data, registry)
  await requireRoom(recipe, estimate, limits)
  return estimate
}

/** @throws UserError where a plan does not fit into memory or on the disk, with a proposal */
export async function requireRoom(
  recipe: Recipe,
  estimate: Plan,
  limits: { freeBytes: number },
): Promise<void> {
  const freeDisk = await freeDiskBytes(recipe.output)
  const problems = []
  if (estimate.peakBytes > limits.freeBytes)
    problems.push({
      code: 'does-not-fit',
      path: 'memory',
      expected: `at most ${bytesText(limits.freeBytes)} free`,
      got: `a need of ${bytesText(estimate.peakBytes)} (${parts(estimate.memoryBytes)})`,
      hint: proposal(recipe, estimate),
    })
  if (estimate.diskBytes > freeDisk)
    problems.push({
      code: 'does-not-fit',
      path: 'disk',
      expected: `at most ${bytesText(freeDisk)} free in ${recipe.output}`,
      got: `a need of ${bytesText(estimate.diskBytes)}`,
      hint: 'Keep fewer states (train.keepStates), or choose another output.',
    })
  if (problems.length > 0) throw new UserError(problems)
}

function proposal(recipe: Recipe, { memoryBytes }: Plan): string {
  const { parameters, batchSize, accumulate } = recipe.train
  const full = parameters === 'all' || (parameters !== 'auto' && parameters.pattern !== undefined)
  if (full && memoryBytes.gradients + memoryBytes.optimizer > memoryBytes.activations)
    return 'Train adapters instead: train.parameters: { lora: { rank: 16 } }.'
  if (batchSize > 1)
    return `Take smaller micro-batches: train.batchSize: ${Math.ceil(batchSize / 2)} with train.accumulate: ${accumulate * 2} is the same step.`
  return 'Shorten the sequences (maxLength), or take a machine with more memory.'
}

function parts(memoryBytes: Readonly<Record<string, number>>): string {
  return Object.entries(memoryBytes)
    .filter(([, bytes]) => bytes > 0)
    .map(([part, bytes]) => `${part} ${bytesText(bytes)}`)
    .join(', ')
}

/** Free bytes where a folder is, or will be. */
export async function freeDiskBytes(output: string): Promise<number> {
  let folder = resolve(output)
  while (!existsSync(folder)) folder = dirname(folder)
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** Memory that a new process may take without swapping. */
export function freeMemoryBytes(): number {
  return process.availableMemory?.() ?? freemem()
}
