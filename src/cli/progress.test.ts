import { describe, expect, test } from 'vitest'
import type { EventOf, RunEvent } from '../run/events.ts'
import { jobWords } from './job-words.ts'
import { createProgress } from './progress.ts'
import { goalStarted } from './testing/goal-events.ts'

const base = { id: 1, ts: '2026-01-01T00:00:00.000Z', runId: 'r' }

function step(done: number, totalSteps: number): EventOf<'step'> {
  return {
    ...base,
    type: 'step',
    step: done,
    epoch: 0,
    totalSteps,
    losses: { forget: 12.345678, retain: 0.5 },
    gradientNorms: { forget: 1, retain: 1, update: 1 },
    cosine: 0,
    learningRate: 1e-5,
    tokens: 100,
    stepMilliseconds: 500,
    etaSeconds: (totalSteps - done) / 2,
  }
}
const saved: RunEvent = {
  ...base,
  type: 'checkpoint.saved',
  step: 5,
  kind: 'state',
  path: 'runs/x/state/5',
  bytes: 3e6,
  check: null,
}

const warned: RunEvent = {
  ...base,
  type: 'warning',
  step: 5,
  code: 'cut',
  message: 'two tokens cut',
  hint: null,
}
const measuring = (phase: 'before' | 'during', set: 'forget' | 'retain'): RunEvent => ({
  ...base,
  type: 'eval.started',
  step: phase === 'during' ? 1 : 0,
  phase,
  set,
  examples: 7,
})
const phases: RunEvent[] = [
  measuring('before', 'forget'),
  measuring('before', 'retain'),
  step(1, 10),
  measuring('during', 'forget'),
  {
    ...base,
    type: 'sample',
    step: 1,
    set: 'forget',
    index: 3,
    prompt: 'Who?',
    answer: 'Ada',
    generated: 'Ada',
  },
  saved,
  warned,
  step(2, 10),
]
const look: RunEvent = {
  ...base,
  type: 'goal.look',
  step: 10,
  learningRate: 1e-5,
  secondsLeft: 35,
  forgotten: 0.4,
  left: 0.6,
  avoided: 0,
  retain: 0.99,
  general: 0.98,
}

function capture(options: { isTTY: boolean; columns?: number; probes?: boolean }) {
  const written: string[] = []
  const clock = { milliseconds: 0 }
  const progress = createProgress(
    { write: (text) => written.push(text), ...options },
    { now: () => clock.milliseconds, probes: options.probes ?? false },
  )
  return { written, clock, progress }
}

describe('where no person looks on', () => {
  test('a line comes at 25, 50, 75 and 100 %, and no other of a quick run', () => {
    const { written, progress } = capture({ isTTY: false })
    for (let i = 1; i <= 20; i++) progress.listen(step(i, 20))
    progress.close()
    expect(written).toEqual([
      'training, 20 steps …\n',
      ' 25 %  step 5/20 · forget 12.35 · retain 0.5000 · 8 s left\n',
      ' 50 %  step 10/20 · forget 12.35 · retain 0.5000 · 5 s left\n',
      ' 75 %  step 15/20 · forget 12.35 · retain 0.5000 · 3 s left\n',
      '100 %  step 20/20 · forget 12.35 · retain 0.5000\n',
    ])
  })

  test('a line comes every 30 seconds of a slow run', () => {
    const { written, clock, progress } = capture({ isTTY: false })
    for (let i = 1; i <= 100; i++) {
      clock.milliseconds += 10_000
      progress.listen(step(i, 1000))
    }
    expect(written).toHaveLength(34)
    expect(written[1]).toMatch(/^ {2}0 % {2}step 3\/1000 /)
  })

  test('a resumed run does not announce what it has passed', () => {
    const { written, progress } = capture({ isTTY: false })
    progress.listen(step(61, 100))
    expect(written).toEqual(['training, 100 steps …\n'])
  })

  test('a phase has one line, whatever is measured and asked in it', () => {
    const { written, progress } = capture({ isTTY: false })
    for (const event of phases) progress.listen(event)
    expect(written).toEqual([
      'measuring before training …\n',
      'training, 10 steps …\n',
      'warning: two tokens cut\n',
    ])
  })

  test('probes, looks and saved states have lines where they are asked for', () => {
    const { written, progress } = capture({ isTTY: false, probes: true })
    for (const event of phases) progress.listen(event)
    expect(written).toEqual([
      'measuring before training …\n',
      'training, 10 steps …\n',
      'measuring at step 1 …\n',
      '  forget #3 “Who?” → “Ada”\n',
      'saved state runs/x/state/5 (3.0 MB)\n',
      'warning: two tokens cut\n',
    ])
  })

  test('towards a goal the time that it may take is told, not that of the next look', () => {
    const { written, progress } = capture({ isTTY: true, columns: 100 })
    progress.listen(goalStarted)
    progress.listen(look)
    progress.listen({ ...step(12, 20), ts: '2026-01-01T00:00:05.000Z' })
    expect(written.slice(1)).toEqual([
      '████████████░░░░░░░░░░░░  50 %  step 12 · forgotten 40 %, kept 98 % · rate 1e-5 · ≤ 30 s left',
    ])
  })
})

describe('on a terminal', () => {
  test('one bar is redrawn, and lines stand above it', () => {
    const { written, progress } = capture({ isTTY: true, columns: 100 })
    progress.listen(step(5, 10))
    progress.listen(warned)
    progress.listen(step(6, 10))
    progress.close()
    expect(written).toEqual([
      'training, 10 steps …\n',
      '████████████░░░░░░░░░░░░  50 %  step 5/10 · forget 12.35 · retain 0.5000 · 3 s left',
      '\r\u001b[K',
      'warning: two tokens cut\n',
      '██████████████░░░░░░░░░░  60 %  step 6/10 · forget 12.35 · retain 0.5000 · 2 s left',
      '\n',
    ])
  })

  test('the bar never wraps, and where there is room for it the time left is there', () => {
    const minutes = { ...step(150, 1000), etaSeconds: 1795 }
    for (const columns of [10, 40, 60, 61, 80]) {
      const { written, progress } = capture({ isTTY: true, columns })
      progress.listen(minutes)
      expect(written[1].length).toBeLessThan(columns)
      if (columns >= 40) expect(written[1]).toMatch(/ 15 % {2}step 150\/1000 .*· 29 min 55 s left$/)
      expect(written[1].includes('retain')).toBe(columns >= 80)
    }
  })
})

test('with --json every event is a line of stdout', () => {
  const written: string[] = []
  const terminal = { out: { write: (text: string) => written.push(text) }, err: { write() {} } }
  const { tell } = jobWords({ ...terminal, cwd: '/', env: {} }, { json: true })
  for (const event of [saved, step(1, 2)]) tell({ kind: 'event', event })
  expect(written.map((line) => JSON.parse(line))).toEqual([saved, step(1, 2)])
  expect(written.every((line) => line.endsWith('}\n'))).toBe(true)
})
