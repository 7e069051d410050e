import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { answered } from '../measure/testing/answered.ts'
import { openEventLog } from '../run/event-log.ts'
import type { RunEvent } from '../run/events.ts'
import { reportFromRunFolder } from './from-run-folder.ts'
import { html } from './markup.ts'
import { renderReport } from './page.ts'
import { chooseProbes } from './probe-answers.ts'
import { collectReport } from './report-data.ts'
import { writeExampleRun } from './testing/example-run.ts'

const runs = mkdtempSync(join(tmpdir(), 'lethe-report-'))
afterAll(() => rmSync(runs, { recursive: true }))
await writeExampleRun(join(runs, 'finished'))
await writeExampleRun(join(runs, 'collapsed'), 'collapsed')

const VOID = new Set(['meta', 'link', 'br'])

/** Every tag is closed in order, every attribute quoted; returns what is left open. */
function unbalanced(page: string): string[] {
  const open: string[] = []
  const body = page.replace(/<!doctype html>/, '').replace(/<style>[\s\S]*?<\/style>/, '')
  for (const [tag, slash, name, attributes, selfClosing] of body.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/gi,
  )) {
    if (slash) {
      if (open.pop() !== name) return [tag, attributes, ...open]
    } else if (!selfClosing && !VOID.has(name)) open.push(name)
  }
  const stray = body.replace(
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/gi,
    '',
  )
  return /[<>]/.test(stray) ? ['a stray bracket'] : open
}

describe('reportFromRunFolder', () => {
  test.each(['finished', 'collapsed'])('%s: parses and reaches for nothing', (name) => {
    const page = reportFromRunFolder(join(runs, name))
    expect(unbalanced(page)).toEqual([])
    expect(page).not.toMatch(/NaN|undefined|\[object/)
    // Text may cite an address; no attribute and no style may fetch one.
    expect(page.match(/="\s*(?:https?:|\/\/)|url\(|@import|<script|<img|<iframe/gi)).toBeNull()
    for (const [address] of page.matchAll(/https?:[^\s<]*/g))
      expect(address).toBe('https://arxiv.org/abs/2506.08164)')
    expect(page).toContain("default-src 'none'")
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
  })

  test('has every part', () => {
    const page = reportFromRunFolder(join(runs, 'finished'))
    for (const id of [
      'metrics',
      'answers',
      'curves',
      'notices',
      'trained-tokens',
      'cost',
      'recipe',
    ])
      expect(page).toContain(`id="${id}"`)
    for (const title of ['Forget loss', 'Retain loss', 'Gradient norms', 'Learning rate'])
      expect(page).toContain(`>${title}</text>`)
    expect(page).toContain('2,048 positions')
    expect(page).toContain('arXiv:2506.08164')
    expect(page).toContain('learningRate: 3e-4                    # file')
    expect(page).toContain('class="trained"')
  })

  test('a run that has only started has a page', async () => {
    const path = join(runs, 'started')
    const { events } = await writeExampleRun(path)
    rmSync(join(path, 'metrics.json'))
    rmSync(join(path, 'samples.jsonl'))
    rmSync(join(path, 'recipe.yaml'))
    rmSync(events)
    openEventLog(events, { runId: 'r' }).append({
      type: 'warning',
      step: 0,
      code: 'x',
      message: 'early',
      hint: null,
    })
    const page = reportFromRunFolder(path)
    expect(unbalanced(page)).toEqual([])
    expect(page).toContain('Unfinished')
    expect(page).toContain('early')
  })
})

describe('renderReport', () => {
  test('escapes whatever the data says, everywhere', () => {
    const evil = `</code><script>alert('x')</script>"'&\u0000\ud800`
    const events = [
      {
        type: 'run.started',
        method: { id: evil, title: evil, source: evil, summary: evil },
        model: { name: evil, modelType: evil, parameters: 1, trainableParameters: 1 },
        data: { forget: { path: evil, examples: 1 }, retain: null },
        seed: 0,
        versions: { [evil]: evil },
      },
      {
        type: 'batch.preview',
        examples: [{ set: 'forget', index: 0, tokens: [{ text: evil, trained: true }] }],
      },
      { type: 'warning', code: evil, message: evil, hint: evil },
      {
        type: 'guard.tripped',
        guard: 'collapse',
        reason: evil,
        causes: [evil],
        action: 'stopped',
        lastGoodState: evil,
      },
      { type: 'sample', set: 'forget', index: 0, prompt: evil, answer: evil, generated: evil },
      { type: 'checkpoint.saved', kind: 'model', path: evil, bytes: 1, check: null },
      { type: 'run.failed', message: evil, problems: [] },
    ].map((event, i) => ({ id: i, ts: '2031-01-01T00:00:00Z', runId: evil, step: 0, ...event }))
    const asked = answered({ set: 'forget', prompt: evil, reference: evil, generated: evil })
    const sample = { ...asked, phase: 'before' as const }
    const page = renderReport(
      collectReport({
        name: evil,
        events: events as unknown as RunEvent[],
        metrics: null,
        samples: [sample, { ...sample, phase: 'after', generated: `${evil} and more` }],
        benchmarks: [],
        ggufs: [],
        ofState: null,
        recipe: evil,
      }),
    )
    expect(page).not.toContain('<script')
    expect(page).not.toContain('\u0000')
    expect(page).not.toMatch(/\p{Surrogate}/u)
    expect(unbalanced(page)).toEqual([])
    expect(page.split('&lt;script&gt;').length).toBeGreaterThan(20)
  })

  test('html escapes values and nothing else', () => {
    expect(html`<b title="${'"<'}">${['a&', html`<i>${1}</i>`, null, false]}</b>`.text).toBe(
      '<b title="&quot;&lt;">a&amp;<i>1</i></b>',
    )
  })
})

describe('collectReport', () => {
  const step = (id: number, at: number, loss: number) =>
    ({ id, ts: '', runId: 'r', step: at, type: 'step', losses: { forget: loss } }) as RunEvent

  test('of steps done twice, as after a kill and a resume, the last counts', () => {
    const { steps } = collectReport({
      name: 'r',
      events: [step(1, 1, 5), step(2, 2, 4), step(3, 3, 3), step(4, 2, 4.5), step(5, 3, 3.5)],
      metrics: null,
      samples: [],
      benchmarks: [],
      ggufs: [],
      ofState: null,
      recipe: null,
    })
    expect(steps.map(({ step, losses }) => [step, losses.forget])).toEqual([
      [1, 5],
      [2, 4.5],
      [3, 3.5],
    ])
  })
})

describe('chooseProbes', () => {
  const samples = Array.from({ length: 50 }, (_, index) => ({
    ...answered({ set: 'forget', index, prompt: '', reference: '' }),
    phase: 'before' as const,
  }))
  const probe = (index: number) =>
    ({ id: 1, ts: '', runId: 'r', step: 3, type: 'sample', set: 'forget', index }) as RunEvent
  const chosen = (generated: string) =>
    chooseProbes(
      collectReport({
        name: 'r',
        events: [probe(31), probe(2)],
        metrics: null,
        samples: samples.map((sample) => ({ ...sample, generated })),
        benchmarks: [],
        ggufs: [],
        ofState: null,
        recipe: null,
      }),
      'forget',
      6,
    ).map(({ index }) => index)

  test('the fixed ones are in, and answers do not matter', () => {
    expect(chosen('a')).toHaveLength(6)
    expect(chosen('a')).toEqual(expect.arrayContaining([2, 31]))
    expect(chosen('a')).toEqual(chosen('b'))
  })
})
