import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import type { Engine } from '../../engine/engine.ts'
import { createEngine } from '../../engine/node-engine.ts'
import { openModel, openSession, type Session } from '../../train/session.ts'
import { benchmarkSchema } from '../benchmark.ts'
import { openRecords, readRecordLines } from '../record-lines.ts'
import { type BenchmarkRow, loadSet } from '../rows/load-set.ts'
import { measureChunk } from '../score/measure-rows.ts'
import { createMeasurer, type Measurer } from '../score/measurer.ts'
import { type SpiedEngine, spiedEngine } from '../testing/spied-engine.ts'
import { openProbes, requireOriginal } from './open-probes.ts'
import type { Probe, ProbeContext } from './probe.ts'
import { probes } from './probes.ts'

const textModel = 'test/golden/llama-text'
const folder = mkdtempSync(join(tmpdir(), 'lethe-probes-'))
/** What keeps a probe small; each is given those of its knobs. */
const small = { count: 3, maxNewTokens: 4, samples: 2 }

let engine: Engine
let spied: SpiedEngine
let session: Session
let rows: readonly BenchmarkRow[]
beforeAll(async () => {
  engine = await createEngine()
  spied = spiedEngine(engine)
  session = await openSession(spied, await openModel(textModel), null)
  const answers = ['Lethe', 'Styx and on', 'Acheron', 'Cocytus and on and on', 'Phlegethon']
  const lines = answers.map((answer, i) => JSON.stringify({ question: `River ${i}?`, answer }))
  writeFileSync(join(folder, 'forget.jsonl'), `${lines.join('\n')}\n`)
  const { tokenizer, model } = session
  const options = { tokenizer, maxPositions: model.maxPositions }
  rows = (await loadSet(folder, 'forget', benchmarkOf({}).sets.forget, options))!.rows
})
afterAll(() => {
  engine.dispose()
  rmSync(folder, { recursive: true })
})

function benchmarkOf(asked: Record<string, Record<string, unknown>>) {
  return benchmarkSchema.parse({
    id: 'rivers',
    title: 'Rivers',
    sets: { forget: { file: 'forget.jsonl', texts: { answer: 'answer' }, probes: asked } },
    metrics: { known: { kind: 'probability', better: 'lower', options: { set: 'forget' } } },
    ranking: { forget: 'known', utility: 'known' },
  })
}

/** One text a batch, so that sums have one order however rows are cut. */
const alone = { tokensPerBatch: 1, cachePositions: 1 }

/** What a probe finds of the rows, in parts of so many, and what of its context it touched. */
async function probed(probe: Probe, knobs: unknown, parts: readonly (readonly BenchmarkRow[])[]) {
  const measurer = await createMeasurer(session, alone)
  const used = new Set<string>()
  const watched = <T extends object>(target: T, key: keyof T, as: string): T =>
    new Proxy(target, {
      get(from, name) {
        if (name === key) used.add(as)
        return from[name as keyof T]
      },
    })
  const context: ProbeContext = {
    measurer: watched<Measurer>(measurer, 'generator', 'sampling'),
    original: session,
    stopRequested: () => false,
    ...alone,
  }
  const open = await probe.open(watched(context, 'original', 'original'), knobs)
  spied.takeTokens()
  const fields = []
  for (const part of parts) {
    const found = await open.measure(part)
    expect(found.fields).toHaveLength(part.length)
    fields.push(...found.fields)
  }
  const tokens = spied.takeTokens()
  if (tokens.back > 0) used.add('gradients')
  open.dispose()
  measurer.dispose()
  return { fields, tokens, used: [...used].sort() }
}

describe.each([...probes])('probe %s', (id, probe) => {
  const shape = (probe.schema as z.ZodObject).shape
  const of = (knobs: object) => Object.entries(knobs).filter(([name]) => name in shape)
  const asked = Object.fromEntries(of(small))
  const knobs = probe.schema.parse(asked)

  test('is declared in full, each knob with a default and a description', () => {
    expect(probe.id).toBe(id)
    for (const text of [probe.title, probe.source]) expect(text).not.toBe('')
    expect(probe.schema.parse({})).toBeTypeOf('object')
    for (const field of Object.values(shape) as z.ZodType[])
      expect(field.description).toBeTypeOf('string')
  })

  test('needs what it declares, costs what it says, and gives all back', async () => {
    const before = spied.live()
    const { tokens, used } = await probed(probe, knobs, [rows])
    expect(used).toEqual(Object.keys(probe.needs).sort())
    expect(spied.live()).toEqual(before)
    const cost = probe.cost(session.model, rows, knobs)
    expect(tokens.all).toBeGreaterThanOrEqual(cost.forwardTokens)
    expect(tokens.all).toBeLessThanOrEqual(cost.forwardTokens + cost.generatedTokens)
    expect(tokens.back).toBe(cost.backwardTokens)
    const twice = probe.cost(session.model, [...rows, ...rows], knobs)
    expect(twice.forwardTokens).toBe(2 * cost.forwardTokens)
  })

  test('finds the same of a row in two parts, in another order, and again', async () => {
    const { fields } = await probed(probe, knobs, [rows])
    const halves = await probed(probe, knobs, [rows.slice(0, 2), rows.slice(2)])
    expect(halves.fields).toEqual(fields)
    const backwards = await probed(probe, knobs, [[...rows].reverse()])
    expect(backwards.fields.reverse()).toEqual(fields)
  })

  test('draws by its seed, if it has one', async () => {
    if (!('seed' in shape)) return
    const other = probe.schema.parse({ ...asked, seed: 1 })
    const [one, two] = [await probed(probe, knobs, [rows]), await probed(probe, other, [rows])]
    expect(one.fields).not.toEqual(two.fields)
  })

  test('writes records that come back, where a set asks for it by its id', async () => {
    const benchmark = benchmarkOf({ [id]: asked })
    const needsOriginal = probe.needs.original === true
    expect(requireOriginal(benchmark, textModel)).toBe(needsOriginal ? textModel : null)
    if (needsOriginal)
      expect(() => requireOriginal(benchmark, null)).toThrow(
        `rivers asks for the probe "${probe.title}" (${id})`,
      )
    const measurer = await createMeasurer(session)
    const open = await openProbes(benchmark, measurer, needsOriginal ? textModel : null, {
      stopRequested: () => false,
    })
    const options = { measurer, clock: () => 0, stopRequested: () => false }
    const records = (await measureChunk(rows, { ...options, benchmark, probes: open }))!
    const bare = (await measureChunk(rows, { ...options, benchmark: benchmarkOf({}) }))!
    open.dispose()
    measurer.dispose()
    for (const [i, record] of records.entries()) {
      expect(record).toMatchObject(bare[i])
      expect(JSON.stringify(record).length).toBeGreaterThan(JSON.stringify(bare[i]).length)
    }
    const path = join(folder, `${id}.jsonl`)
    const writer = openRecords(path)
    for (const record of records) writer.append(record)
    writer.close()
    expect(readRecordLines(path)).toEqual(records)
  })
})
