import type { RunEvent } from '../../run/events.ts'

/** The beginning of a run towards a goal of 60 seconds, at step 0. */
export const goalStarted: RunEvent = {
  id: 1,
  ts: '2026-01-01T00:00:00.000Z',
  runId: 'r',
  step: 0,
  type: 'goal.started',
  keep: 0.95,
  seconds: 60,
  rows: 2,
  known: 2,
  unknown: [],
  wordings: { trained: 1, chosen: 1, reported: 1 },
}
