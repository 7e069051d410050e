import { expect, test } from 'vitest'
import type { EventPayloads, RunEvent } from '../run/events.ts'
import { endOf } from './run-job.ts'

const base = { id: 1, ts: '2026-01-01T00:00:00.000Z', runId: 'r', step: 4 }
const tripped = (
  guard: EventPayloads['guard.tripped']['guard'],
  action: 'stopped' | 'continued',
): RunEvent => ({
  ...base,
  type: 'guard.tripped',
  guard,
  reason: '',
  causes: [],
  action,
  lastGoodState: null,
})

test('what a log says of the end is what the run said: a warning is no guard that stops', () => {
  expect(endOf([])).toBe('finished')
  expect(endOf([tripped('no-effect', 'continued')])).toBe('finished')
  expect(endOf([tripped('collapse', 'continued')])).toBe('guard')
  expect(endOf([tripped('divergence', 'stopped')])).toBe('guard')
})
