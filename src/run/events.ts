import type { EvaluationSet } from '../benchmark/takedown.ts'
import type { Problem } from '../error.ts'
import type { SampledRecall } from '../goal/recall.ts'
import type { Standing } from '../goal/standing.ts'
import type { MeasuringProgress } from '../measure/score/measuring-progress.ts'

/** The phase of an evaluation, relative to training. */
export type Phase = 'before' | 'during' | 'after'

/** Work of a run besides steps and measuring. */
export type RunPhase = 'preparing' | 'asking' | 'drawing' | 'exporting' | 'checking' | 'reporting'

/** The fields that every event has. */
export interface EventBase {
  /** 1, 2, 3, … within a run, also across resumes */
  id: number
  /** ISO 8601, UTC */
  ts: string
  runId: string
  /** optimiser steps done when it happened */
  step: number
}

/** A number for each of the two sets; null where there is none: no such loss, not computed, or not finite. */
export type PerSet = Record<EvaluationSet, number | null>

/** The check of an export: what the folder gave when it was opened again and compared with the trained weights. */
export interface ExportCheck {
  /** largest absolute difference of a logit; null where logits are not finite */
  maxLogitDifference: number | null
  /** share of positions with the same most likely token */
  topOneAgreement: number
  /** number of compared positions */
  positions: number
}

/** A token as shown to a person. */
export interface PreviewToken {
  text: string
  /** whether the model is trained to predict it */
  trained: boolean
}

/** The event vocabulary: what each type carries besides {@link EventBase}. */
export interface EventPayloads {
  'run.started': {
    method: { id: string; title: string; source: string; summary: string }
    model: { name: string; modelType: string; parameters: number; trainableParameters: number }
    /** `automatic`: answers of the starting model to prompts of Lethe's */
    data: Record<
      EvaluationSet,
      {
        path: string
        examples: number
        automatic?: true
        /** answers of the starting model to general prompts that train beside them */
        general?: number
      } | null
    >
    seed: number
    /** name → version of what made the run: lethe, node, onnxruntime-node, … */
    versions: Record<string, string>
  }
  plan: {
    totalSteps: number
    tokens: number
    peakBytes: number
    /** part → bytes: weights, gradients, optimizer, activations, … */
    memoryBytes: Record<string, number>
    diskBytes: number
    /** that a goal gives itself; its steps are not known before */
    withinSeconds?: number
    /** of training; null where no steps were timed */
    seconds: number | null
  }
  /** the starting model is asked what it says by itself, to keep it; `kind`: what the forget set seems to be about */
  'retain.started': { prompts: number; kind: string | null }
  'retain.written': {
    path: string
    rows: number
    /** of `rows`: questions like those of the forget set about other subjects */
    neighbours: number
    /** prompts without a row: their answer was empty, or named what is to be forgotten */
    dropped: number
    /** some rows: question and answer, or a text alone */
    examples: string[][]
  }
  'batch.preview': {
    examples: { set: EvaluationSet; index: number; tokens: PreviewToken[] }[]
  }
  /** what of a set takes part in training, where a selector chose */
  selection: {
    set: EvaluationSet
    what: 'tokens' | 'examples'
    selector: string
    chosen: number
    total: number
  }
  step: {
    epoch: number
    totalSteps: number
    losses: PerSet
    gradientNorms: PerSet & { update: number | null }
    /** cosine of the angle between the forget and the retain gradient */
    cosine: number | null
    learningRate: number
    tokens: number
    stepMilliseconds: number
    etaSeconds: number
  }
  /** work that is neither a step nor measuring begins: reading the model, writing it, … */
  phase: { what: RunPhase }
  'eval.started': { phase: Phase; set: EvaluationSet; examples: number }
  /** how far measuring is, told now and then */
  'eval.progress': { phase: Phase } & MeasuringProgress
  'eval.metric': {
    phase: Phase
    /** `forget.rougeL` */
    metric: string
    value: number | null
    low: number | null
    high: number | null
    examples: number
  }
  /** the greedy answer to a fixed probe at this step */
  sample: {
    set: EvaluationSet
    index: number
    prompt: string
    answer: string
    generated: string
  }
  /** what the model knows of the forget set before anything is done */
  'goal.started': {
    keep: number
    seconds: number
    /** forget rows: those whose answer is likelier than to somebody who never knew, and the indices of the others */
    rows: number
    known: number
    unknown: number[]
    /** wordings in which each row is asked, by what they are for */
    wordings: Record<'trained' | 'chosen' | 'reported', number>
  }
  /** where the model stands on its way to the goal; `step` counts those of the trial */
  'goal.look': { learningRate: number; secondsLeft: number } & Standing
  /** which learning rate goes on, of those that were tried */
  'goal.chosen': { learningRate: number; tried: number[] }
  /** how it ended, on rows and wordings that took no part */
  'goal.ended': {
    outcome: 'reached' | 'missed' | 'nothing-known'
    reason: string
    hint: string | null
    learningRate: number | null
    /** what drawn answers say of the facts, in wordings that did not train; null where none were drawn */
    sampled?: SampledRecall | null
  } & Standing
  'checkpoint.saved': {
    kind: 'state' | 'model'
    path: string
    bytes: number
    /** null where it was not checked: for states */
    check: ExportCheck | null
  }
  'guard.tripped': {
    guard: 'non-finite' | 'divergence' | 'collapse' | 'no-effect'
    /** what was seen, with numbers */
    reason: string
    /** candidates, likeliest first */
    causes: string[]
    action: 'stopped' | 'continued'
    /** path of the last state from before the trouble; the folder of the starting model where none was saved */
    lastGoodState: string | null
  }
  warning: { code: string; message: string; hint: string | null }
  /** `statePath`: null before the first state, when what was measured is all that there is to go on with */
  'run.paused': { reason: 'interrupt' | 'trigger'; statePath: string | null }
  'run.resumed': { statePath: string }
  /** what groups of weights had in learning rate, and what they could do */
  groups: {
    groups: { name: string; parameters: number; factor: number; influence: number }[]
    /** names of the most influential within the budget */
    chosen: string[]
    budget: number
  }
  'run.finished': { seconds: number; tokens: number; peakBytes: number }
  'run.failed': { message: string; problems: Problem[] }
}

export type EventType = keyof EventPayloads

/** A stored event of the given type or types; `type` tells which. */
export type EventOf<T extends EventType> = {
  [K in T]: EventBase & { type: K } & EventPayloads[K]
}[T]

/** Any stored event. */
export type RunEvent = EventOf<EventType>

/** An event before the log gives it `id`, `ts` and `runId`. */
export type NewEvent = {
  [T in EventType]: { type: T; step: number } & EventPayloads[T]
}[EventType]
