import type { Engine } from '../engine/engine.ts'
import type { Registry } from '../recipe/registry.ts'
import type { EventLog } from './event-log.ts'
import type { RunFolder } from './run-folder.ts'

/** The surroundings of a run, whatever its recipe: folder, log, engine, parts, clock. */
export interface RunOptions {
  /** The resolved recipe as text, for the model card. */
  readonly recipeText: string
  /** Where the run goes on from its latest saved state, or begins where there is none. */
  readonly folder: RunFolder
  readonly log: EventLog
  readonly engine: Engine
  /** What there is besides the recipe's plugins; what ships unless given. */
  readonly registry?: Registry
  /** When the run began, also after a stop: chat templates may write the date. */
  readonly startedAt: Date
  readonly stopRequested: () => boolean
  /** Milliseconds from any start. */
  readonly clock: () => number
}
