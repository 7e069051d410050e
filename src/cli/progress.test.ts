import { describe, expect, test } from 'vitest'
import type { EventOf, RunEvent } from '../run/events.ts'
import { jobWords } from './job-words.ts'
import { createProgress } from './progress.ts'

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

function capture(options: { isTTY: boolean; columns?: number }) {
  const written: string[] = []
  const clock = { milliseconds: 0 }
  const progress = createProgress(
    { write: (text) => written.push(text), ...options },
    () => clock.milliseconds,
  )
  return { written, clock, progress }
}

describe('where no person looks on', () => {
  test('a line comes at 25, 50, 75 and 100 %, and no other of a quick run', () => {
    const { written, progress } = capture({ isTTY: false })
    for (let i = 1; i <= 20; i++) progress.listen(step(i, 20))
    progress.close()
    expect(written).toEqual([
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
    expect(written).toHaveLength(33)
    expect(written[0]).toMatch(/^ {2}0 % {2}step 3\/1000 /)
  })

  test('a resumed run does not announce what it has passed', () => {
    const { written, progress } = capture({ isTTY: false })
    progress.listen(step(61, 100))
    expect(written).toEqual([])
  })

  test('everything else has its own line', () => {
    const { written, progress } = capture({ isTTY: false })
    progress.listen(saved)
    expect(written).toEqual(['saved state runs/x/state/5 (3.0 MB)\n'])
  })
})

describe('on a terminal', () => {
  test('one bar is redrawn, and lines stand above it', () => {
    const { written, progress } = capture({ isTTY: true, columns: 100 })
    progress.listen(step(5, 10))
    progress.listen(saved)
    progress.listen(step(6, 10))
    progress.close()
    expect(written).toEqual([
      '████████████░░░░░░░░░░░░  50 %  step 5/10 · forget 12.35 · retain 0.5000 · 3 s left',
      '\r\u001b[K',
      'saved state runs/x/state/5 (3.0 MB)\n',
      '██████████████░░░░░░░░░░  60 %  step 6/10 · forget 12.35 · retain 0.5000 · 2 s left',
      '\n',
    ])
  })

  test('the bar never wraps', () => {
    for (const columns of [10, 40, 60, 61, 80]) {
      const { written, progress } = capture({ isTTY: true, columns })
      progress.listen(step(5, 10))
      expect(written[0].length).toBeLessThan(columns)
    }
  })
})

test('with --json every event is a line of stdout', () => {
  const written: string[] = []
  const terminal = { out: { write: (text: string) => written.push(text) }, err: { write() {} } }
  const { tell } = jobWords({ ...terminal, cwd: '/', env: {} }, true)
  for (const event of [saved, step(1, 2)]) tell({ kind: 'event', event })
  expect(written.map((line) => JSON.parse(line))).toEqual([saved, step(1, 2)])
  expect(written.every((line) => line.endsWith('}\n'))).toBe(true)
})
