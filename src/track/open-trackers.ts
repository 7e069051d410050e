import { existsSync } from 'node:fs'
import { flatten } from '../compare/compared-run.ts'
import type { TrackSection } from '../recipe/section/track-section.ts'
import { readEvents } from '../run/event-log.ts'
import type { RunFolder } from '../run/run-folder.ts'
import { mlflowClient } from './mlflow.ts'
import { openMlflow } from './mlflow-tracker.ts'
import { openTensorboard } from './tensorboard.ts'
import type { Tracker } from './tracker.ts'

/** The trackers that a recipe asks for. */
export function openTrackers(
  track: TrackSection,
  options: {
    readonly folder: RunFolder
    readonly recipe: object
    readonly env: Readonly<Record<string, string | undefined>>
    warn(message: string): void
  },
): Tracker[] {
  const { folder, env, warn } = options
  const trackers: Tracker[] = []
  if (track.tensorboard) trackers.push(openTensorboard(folder.tensorboard))
  if (track.mlflow) {
    const { url, experiment } = track.mlflow
    trackers.push(
      openMlflow({
        client: mlflowClient(url, env),
        url,
        experiment,
        runName: folder.name,
        params: paramsOf(options.recipe),
        stateFile: folder.mlflow,
        past: existsSync(folder.events) ? readEvents(folder.events) : [],
        warn: (message) => warn(`MLflow at ${url}: ${message}`),
      }),
    )
  }
  return trackers
}

/** The settings of a recipe as MLflow takes them: `{ train: { steps: 3 } }` as `{ 'train.steps': '3' }`. */
export function paramsOf(recipe: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(flatten(recipe)).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
}
