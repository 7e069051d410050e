import { mkdir, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { cachedPositions, createMeasurer } from '../measure/score/measurer.ts'
import { registryOf } from '../recipe/plugins.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import { openModel, openSession } from '../train/session.ts'
import { retainFile } from './automatic-retain.ts'
import { type MeasuredGguf, measuredGgufAt } from './gguf-files.ts'
import { measure } from './measure.ts'
import { buildMetrics } from './metrics-file.ts'
import { loadData } from './run-data.ts'
import type { RunOptions } from './run-options.ts'
import { readSamples } from './samples.ts'

/**
 * Measures a GGUF file as the run measured the model that it was made of: the same rows, asked of what the file holds, weights,
 * vocabulary and template.
 *
 * @param file.samples the run's records of that model
 * @returns null where it was stopped
 * @throws UserError where that model was not measured
 */
export async function measureGguf(
  recipe: Recipe,
  file: Omit<MeasuredGguf, 'name' | 'metrics'> & {
    readonly path: string
    readonly samples: string
  },
  options: Omit<RunOptions, 'log' | 'recipeText'>,
): Promise<MeasuredGguf | null> {
  const { folder, engine, stopRequested, clock, startedAt } = options
  const { path, type, bits } = file
  const before = readSamples(file.samples).filter(({ phase }) => phase === 'after')
  if (before.length === 0)
    throw new UserError({
      code: 'not-measured',
      path: file.samples,
      expected: 'records of the model that the file was made of',
      got: 'none after training',
      hint: `lethe resume ${folder.path} measures it`,
    })
  const emit = () => {}
  const registry = await registryOf(recipe, options.registry)
  const opened = await openModel(path, startedAt)
  const data = await loadData(recipe, opened, emit, registry, retainFile(folder))
  const session = await openSession(engine, opened, null)
  const measurer = await createMeasurer(session, { cachePositions: cachedPositions })
  const to = measuredGgufAt(folder, basename(path))
  await mkdir(folder.gguf, { recursive: true })
  for (const old of [to.samples, to.measured]) await rm(old, { force: true })
  const measured = { data, measurer, recipe, clock, stopRequested, emit }
  const after = await measure('after', 0, {
    ...measured,
    folder: { ...folder, samples: to.samples },
  })
  measurer.dispose()
  if (!after) return null
  const metrics = buildMetrics(before, after, recipe.train.seed)
  const found = { name: basename(path), type, bits, metrics }
  await writeFileAtomic(to.measured, `${JSON.stringify(found, null, 2)}\n`)
  return found
}
