import { describe, expect, test } from 'vitest'
import { answered } from '../measure/testing/answered.ts'
import type { RunEvent } from '../run/events.ts'
import { buildMetrics, type MetricsFile } from '../run/metrics-file.ts'
import { judge } from './judge.ts'
import { collectReport } from './report-data.ts'
import { verdict } from './verdict.ts'

const ANSWER = 'one two three four five six seven eight nine ten'

/** Twenty examples a set; on average `words` (a multiple of ½) of the ten true words are said, the rest is replaced. */
function records(forget: Partial<Said>, retain: Partial<Said>) {
  return (['forget', 'retain'] as const).flatMap((set) => {
    const { words = 10, probability = 0.9, rest = 'x y z' } = set === 'forget' ? forget : retain
    return Array.from({ length: 20 }, (_, index) =>
      answered({
        set,
        index,
        prompt: 'Count.',
        reference: ANSWER,
        generated: `${ANSWER.split(' ')
          .slice(0, words + (index % 2) / 2)
          .join(' ')} ${words < 10 ? rest : ''}`,
        probability: probability * (1 - index / 1000),
        tokens: 10,
      }),
    )
  })
}

interface Said {
  words: number
  probability: number
  rest: string
}

const knowing = records({}, {})
const metricsOf = (forget: Partial<Said>, retain: Partial<Said> = {}) =>
  buildMetrics(knowing, records(forget, retain), 0)

let lastId = 0
const event = (type: string, fields: object = {}) =>
  ({
    id: ++lastId,
    ts: '2031-01-01T00:00:00Z',
    runId: 'r',
    step: 7,
    type,
    ...fields,
  }) as unknown as RunEvent

function verdictOf(metrics: MetricsFile | null, events: RunEvent[] = [event('run.finished')]) {
  return verdict(
    collectReport({
      name: 'r',
      events,
      metrics,
      samples: [],
      ofState: null,
      benchmarks: [],
      ggufs: [],
      recipe: null,
    }),
  )
}

describe('judge', () => {
  test('what should be forgotten has to move clearly', () => {
    const metrics = metricsOf({ words: 2, probability: 0.1 })
    expect(judge('forget.rougeL', metrics)).toEqual({
      wanted: 'move',
      good: true,
      words: 'fell by 0.80',
    })
    expect(judge('forget.rougeL', metricsOf({}))).toEqual({
      wanted: 'move',
      good: false,
      words: 'no clear change',
    })
    expect(judge('forget.probability', metricsOf({ probability: 0.99 }))).toMatchObject({
      good: false,
      words: 'rose by 0.09',
    })
  })

  test('everything else has to stay within the tolerance', () => {
    expect(judge('retain.probability', metricsOf({}, { probability: 0.87 }))).toEqual({
      wanted: 'keep',
      good: true,
      words: 'kept',
    })
    expect(judge('retain.probability', metricsOf({}, { probability: 0.8 }))).toMatchObject({
      good: false,
      words: 'fell by 0.10',
    })
    expect(judge('retain.probability', metricsOf({}, { probability: 0.99 }))).toMatchObject({
      good: true,
      words: 'rose by 0.09',
    })
    const looping = metricsOf({ words: 0, rest: 'no '.repeat(40) })
    expect(judge('forget.repetition', looping)).toMatchObject({ wanted: 'keep', good: false })
  })

  test('no pair, or no number', () => {
    expect(judge('forget.rougeL', buildMetrics(knowing, [], 0))).toBeNull()
    expect(judge('retain.probability', metricsOf({}, { probability: Number.NaN }))).toMatchObject({
      good: false,
      words: 'not finite',
    })
  })
})

describe('verdict', () => {
  test.each([
    ['True answers mostly gone, the rest kept', { words: 3, probability: 0.1 }, {}],
    ['True answers partly gone, the rest kept', { words: 7, probability: 0.5 }, {}],
    ['True answers hardly changed, the rest kept', { words: 9.5, probability: 0.5 }, {}],
    ['True answers less likely but still given, the rest kept', { probability: 0.5 }, {}],
    ['No forgetting shown, the rest kept', {}, {}],
    ['True answers mostly gone, and other answers suffered', { words: 0 }, { words: 5 }],
    ['No forgetting shown, and other answers suffered', {}, { probability: 0.2 }],
  ])('%s', (title, forget, retain) => {
    expect(verdictOf(metricsOf(forget, retain)).title).toBe(title)
  })

  test('does not call forgotten what was not known', () => {
    const unknowing = records({ words: 0, probability: 0.01 }, { words: 0 })
    const less = records({ words: 0, probability: 0.001 }, { words: 0 })
    const metrics = buildMetrics(unknowing, less, 0)
    expect(judge('forget.probability', metrics)?.words).toBe('fell by less than 0.01')
    expect(verdictOf(metrics).title).toBe('Hardly any true answers to lose, the rest kept')
  })

  test('gives the numbers', () => {
    const { text } = verdictOf(metricsOf({ words: 3, probability: 0.1 }))
    expect(text).toContain('went from 1.00 to 0.30')
    expect(text).toContain('the probability of the true answers went from 0.89 to 0.10')
  })

  test('calls a loop a collapse', () => {
    const { text } = verdictOf(metricsOf({ words: 0, rest: 'no '.repeat(40) }))
    expect(text).toContain('looks more like collapse than like forgetting')
  })

  test('says when a run stopped, whatever the numbers', () => {
    const metrics = metricsOf({ words: 0 })
    const guard = event('guard.tripped', { action: 'stopped', reason: 'loss is NaN', causes: [] })
    const step = event('step', { epoch: 0 })
    expect(verdictOf(metrics, [step, guard, event('run.failed')])).toMatchObject({
      title: 'Stopped by a guard',
      text: expect.stringContaining('After step 7: loss is NaN.'),
    })
    expect(verdictOf(null, [event('run.started'), step, guard]).title).toBe('Stopped by a guard')
    expect(verdictOf(null, [step, guard, event('run.resumed')]).title).toBe('Unfinished')
    expect(verdictOf(metrics, [step, event('run.failed')]).title).toBe('Failed')
    expect(verdictOf(metrics, [step, event('run.paused')]).title).toBe('Paused')
    expect(verdictOf(null, [event('run.started')]).title).toBe('Unfinished')
    expect(verdictOf(null).title).toBe('Not evaluated yet')
  })
})
