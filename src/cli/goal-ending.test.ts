import { expect, test } from 'vitest'
import type { EventPayloads, RunEvent } from '../run/events.ts'
import { goalEnding } from './goal-ending.ts'
import { goalStarted } from './testing/goal-events.ts'

const base = { id: 1, ts: '2026-01-01T00:00:00.000Z', runId: 'r', step: 0 }
const ended = (payload: Partial<EventPayloads['goal.ended']>): RunEvent => ({
  ...base,
  type: 'goal.ended',
  outcome: 'missed',
  reason: 'some is gone',
  hint: null,
  learningRate: 1e-4,
  forgotten: 0.34,
  left: 0.66,
  avoided: 0,
  retain: 0.9499,
  general: 1.01,
  ...payload,
})

test('a goal that was missed: what was reached, what was not, and what to change', () => {
  expect(goalEnding([goalStarted, ended({ hint: 'Give more time.' })])).toEqual([
    'goal not reached',
    '  forgotten  34 % of what the model knew; wanted 95 %: not reached',
    '  kept       94.9 % of the retain set; wanted 95 %: not reached',
    '  kept       101 % of general answers; wanted 95 %: reached',
    '  to change  Give more time.',
  ])
  expect(goalEnding([goalStarted, ended({ forgotten: null, general: null })])).toEqual([
    'goal not reached',
    '  kept       94.9 % of the retain set; wanted 95 %: not reached',
  ])
})

test('other ends are a sentence, and without an end there is none', () => {
  expect(goalEnding([goalStarted, ended({ outcome: 'reached' })])).toEqual([
    'goal reached: some is gone',
  ])
  expect(goalEnding([goalStarted, ended({ outcome: 'nothing-known', hint: 'Look.' })])).toEqual([
    'nothing to forget: some is gone',
    '  Look.',
  ])
  expect(goalEnding([goalStarted])).toEqual([])
})
