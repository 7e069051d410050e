import type { StoredEvaluation } from '../measure/evaluation/stored-evaluation.ts'
import type { MeasuringProgress } from '../measure/score/measuring-progress.ts'
import type { Registry } from '../recipe/registry.ts'
import type { RunEvent } from '../run/events.ts'
import type { RunFolder } from '../run/run-folder.ts'
import type { RunOutcome } from '../run/run-training.ts'
import type { CellTask } from './cell-state.ts'
import type { Launcher } from './launcher.ts'
import type { JobOutcome } from './outcome.ts'

/** A notice of a job's progress: facts, for whose words the listener cares. */
export type Notice =
  /** Steps are timed for a plan. */
  | { readonly kind: 'timing' }
  /** A run's training begins, and its state is saved from now on. */
  | { readonly kind: 'training' }
  | { readonly kind: 'event'; readonly event: RunEvent }
  | {
      readonly kind: 'trained'
      readonly folder: RunFolder
      readonly recipe: 'unlearn' | 'pretrain'
      readonly outcome: RunOutcome
    }
  | { readonly kind: 'nothing-to-do'; readonly path: string }
  /** Records of a model are written from now on, and kept. */
  | { readonly kind: 'measuring' }
  /** A run's model is measured, as its recipe says. */
  | { readonly kind: 'evaluating'; readonly benchmark: string }
  | {
      readonly kind: 'evaluated'
      readonly folder: RunFolder
      readonly output: string
      /** null where it was stopped */
      readonly evaluated: StoredEvaluation | null
    }
  | ({ readonly kind: 'records'; readonly set: string } & MeasuringProgress)
  /** One of several runs, or its evaluation; `index` from 0. */
  | {
      readonly kind: 'cell'
      readonly name: string
      readonly task: CellTask | 'evaluate'
      readonly index: number
      readonly of: number
    }
  | { readonly kind: 'stage'; readonly name: string; readonly index: number; readonly of: number }
  /** Of an edit, in words; `step` where some of many such may be left out. */
  | {
      readonly kind: 'progress'
      readonly text: string
      readonly step: { readonly done: number; readonly of: number } | null
    }
  | {
      readonly kind: 'stage-stopped'
      readonly name: string
      readonly outcome: JobOutcome
      readonly output: string
    }
  /** The model that stages left. */
  | { readonly kind: 'model'; readonly path: string }
  /** A reference model of a benchmark. */
  | { readonly kind: 'reference'; readonly name: string; readonly task: 'train' | 'evaluate' }

/** The surroundings of a job that is performed in this process. */
export interface WorkContext {
  /** The folder that relative paths start from. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** What recipes can name besides their plugins; what ships unless given. */
  readonly registry?: Registry
  readonly tell: (notice: Notice) => void
  /** Asked at every place where a job can go on later. */
  readonly stopRequested: () => boolean
}

/** The surroundings of a job that launches others: runs in folders of their own. */
export interface JobContext extends WorkContext {
  readonly launch: Launcher
}
