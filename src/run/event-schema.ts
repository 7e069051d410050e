import * as z from 'zod'
import type { EventType, RunEvent } from './events.ts'

const text = z.string()
const number = z.number()
// JSON has null for what is not finite.
const measured = number.nullable()
const set = z.enum(['forget', 'retain'])
const phase = z.enum(['before', 'during', 'after'])
const perSet = z.object({ forget: measured, retain: measured })
const data = z.object({ path: text, examples: number }).nullable()
const standing = { forgotten: measured, left: measured, avoided: measured }
const goal = { ...standing, retain: measured, general: measured }
const drawn = z.object({ said: measured, chance: measured })

/** What every reader of a log relies on; what is optional here came after version 0.1. */
const payloads: Readonly<Record<EventType, z.ZodType>> = {
  'run.started': z.object({
    method: z.object({ id: text, title: text, source: text, summary: text }),
    model: z.object({
      ...{ name: text, modelType: text },
      ...{ parameters: number, trainableParameters: number },
    }),
    data: z.object({ forget: data, retain: data }),
    seed: number,
    versions: z.record(text, text),
  }),
  plan: z.object({
    ...{ totalSteps: number, tokens: number, peakBytes: number, diskBytes: number },
    memoryBytes: z.record(text, number),
    withinSeconds: number.optional(),
    seconds: measured,
  }),
  'retain.started': z.object({ prompts: number, kind: text.nullable() }),
  'retain.written': z.object({
    ...{ path: text, rows: number, neighbours: number, dropped: number },
    examples: z.array(z.array(text)),
  }),
  'batch.preview': z.object({
    examples: z.array(
      z.object({
        ...{ set, index: number },
        tokens: z.array(z.object({ text, trained: z.boolean() })),
      }),
    ),
  }),
  selection: z.object({ set, what: text, selector: text, chosen: number, total: number }),
  step: z.object({
    ...{ epoch: number, totalSteps: number, losses: perSet },
    gradientNorms: perSet.extend({ update: measured }),
    ...{ cosine: measured, learningRate: measured, tokens: number },
    ...{ stepMilliseconds: measured, etaSeconds: measured },
  }),
  phase: z.object({ what: text }),
  'eval.started': z.object({ phase, set, examples: number }),
  'eval.progress': z.object({ phase, done: number, of: number, share: measured }),
  'eval.metric': z.object({
    ...{ phase, metric: text, examples: number },
    ...{ value: measured, low: measured, high: measured },
  }),
  sample: z.object({ set, index: number, prompt: text, answer: text, generated: text }),
  'goal.started': z.object({
    ...{ keep: number, seconds: number, rows: number, known: number },
    unknown: z.array(number),
    wordings: z.object({ trained: number, chosen: number, reported: number }),
  }),
  'goal.look': z.object({ learningRate: measured, secondsLeft: measured, ...goal }),
  'goal.chosen': z.object({ learningRate: measured, tried: z.array(measured) }),
  'goal.ended': z.object({
    outcome: z.enum(['reached', 'missed', 'nothing-known']),
    ...{ reason: text, hint: text.nullable(), learningRate: measured, ...goal },
    sampled: z.object({ before: drawn, after: drawn, error: measured }).nullish(),
  }),
  'checkpoint.saved': z.object({
    ...{ kind: z.enum(['state', 'model']), path: text, bytes: number },
    check: z
      .object({ maxLogitDifference: measured, topOneAgreement: measured, positions: number })
      .nullable(),
  }),
  'guard.tripped': z.object({
    ...{ guard: text, reason: text, causes: z.array(text) },
    action: z.enum(['stopped', 'continued']),
    lastGoodState: text.nullable(),
  }),
  warning: z.object({ code: text, message: text, hint: text.nullable() }),
  'run.paused': z.object({ reason: text, statePath: text.nullable() }),
  'run.resumed': z.object({ statePath: text }),
  groups: z.object({
    groups: z.array(
      z.object({ name: text, parameters: number, factor: measured, influence: measured }),
    ),
    ...{ chosen: z.array(text), budget: number },
  }),
  'run.finished': z.object({ seconds: number, tokens: number, peakBytes: number }),
  'run.failed': z.object({ message: text, problems: z.array(z.looseObject({})) }),
}

const base = z.object({ id: number, ts: text, runId: text, step: number, type: text })

/** Whether a value is an event as Lethe writes it; one of a type that this version does not know is. */
export function isEvent(value: unknown): value is RunEvent {
  if (!base.safeParse(value).success) return false
  const { type } = value as RunEvent
  return !Object.hasOwn(payloads, type) || payloads[type].safeParse(value).success
}
