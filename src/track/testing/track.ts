import type { EventOf, PerSet, Phase } from '../../run/events.ts'

const base = { runId: 'r', ts: '2026-01-01T00:00:00.000Z' }

/** A step of a run, for tests of trackers; its id is its step. */
export function stepEvent(step: number, losses: PerSet, id = step): EventOf<'step'> {
  return {
    ...base,
    id,
    type: 'step',
    step,
    epoch: 0,
    totalSteps: 9,
    losses,
    gradientNorms: { forget: null, retain: null, update: 1 },
    cosine: null,
    learningRate: 1e-3,
    tokens: 8,
    stepMilliseconds: 5,
    etaSeconds: 1,
  }
}

export function metricEvent(
  metric: string,
  phase: Phase,
  value: number,
  step: number,
  id = 100,
): EventOf<'eval.metric'> {
  const interval = { low: null, high: null, examples: 4 }
  return { ...base, id, type: 'eval.metric', step, phase, metric, value, ...interval }
}
