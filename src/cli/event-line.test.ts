import { expect, test } from 'vitest'
import type { NewEvent } from '../run/events.ts'
import { eventLine } from './event-line.ts'

const line = (event: NewEvent) =>
  eventLine({ id: 1, ts: '2026-01-01T00:00:00.000Z', runId: 'r', ...event })

const cases: [NewEvent, string | null][] = [
  [
    {
      type: 'run.started',
      step: 0,
      method: { id: 'blur', title: 'BLUR', source: '', summary: '' },
      model: {
        name: 'tiny',
        modelType: 'llama',
        parameters: 5_400_000,
        trainableParameters: 54_000,
      },
      data: { forget: { path: 'f', examples: 20 }, retain: null },
      seed: 0,
      versions: {},
    },
    'BLUR on tiny (llama, 5.4 M parameters, 1.00 % trained): 20 to forget',
  ],
  [
    {
      type: 'plan',
      step: 0,
      totalSteps: 75,
      tokens: 123_456,
      peakBytes: 300e6,
      memoryBytes: {},
      diskBytes: 1e9,
      seconds: 100,
    },
    'plan: 75 steps, 123.5 k tokens, peak 300 MB, disk 1.00 GB, about 1 min 40 s',
  ],
  [
    { type: 'eval.started', step: 20, phase: 'during', set: 'forget', examples: 10 },
    'measuring at step 20 …',
  ],
  [
    {
      type: 'eval.metric',
      step: 20,
      phase: 'after',
      metric: 'forget.rougeL',
      value: 0.25,
      low: 0.2,
      high: 0.3,
      examples: 10,
    },
    null,
  ],
  [
    {
      type: 'sample',
      step: 0,
      set: 'retain',
      index: 3,
      prompt: 'When\nwas that?',
      answer: '1999',
      generated: 'In 1998.',
    },
    '  retain #3 “When was that?” → “In 1998.”',
  ],
  [
    {
      type: 'guard.tripped',
      step: 7,
      guard: 'non-finite',
      reason: 'forget loss NaN',
      causes: ['the learning rate is too high'],
      action: 'stopped',
      lastGoodState: 'state/5',
    },
    'guard non-finite: forget loss NaN; stopped\n  perhaps: the learning rate is too high\n  last good state: state/5',
  ],
  [
    {
      type: 'guard.tripped',
      step: 7,
      guard: 'no-effect',
      reason: 'the probability went from 0.9990 to 0.9989',
      causes: ['too few steps'],
      action: 'continued',
      lastGoodState: 'state/7',
    },
    'warning: the probability went from 0.9990 to 0.9989\n  perhaps: too few steps',
  ],
  [
    { type: 'warning', step: 0, code: 'x', message: 'two tokens cut', hint: 'Raise maxLength' },
    'warning: two tokens cut. Raise maxLength',
  ],
  [
    {
      type: 'run.failed',
      step: 3,
      message: 'bad data',
      problems: [{ code: 'x', path: 'a', expected: 'b', got: 'c' }],
    },
    'failed: bad data\n  a: expected b, got c',
  ],
  [
    { type: 'run.finished', step: 75, seconds: 7265, tokens: 5000, peakBytes: 512 },
    'finished in 2 h 1 min: 5000 tokens, peak 512 B',
  ],
  [{ type: 'batch.preview', step: 0, examples: [] }, null],
]

test.each(cases)('$type', (event, expected) => {
  expect(line(event)).toBe(expected)
})
