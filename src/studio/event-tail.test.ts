import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { stepLine } from '../run/testing/step-line.ts'
import { type EventTail, openEventTail, pieceBytes } from './event-tail.ts'
import { someSteps, stepValues } from './step-series.ts'

// How often a log is read of is what is counted here.
vi.mock(import('node:fs'), async (original) => {
  const fs = await original()
  return { ...fs, readSync: vi.fn(fs.readSync) as typeof fs.readSync }
})
const { readSync } = await import('node:fs')
const reads = vi.mocked(readSync)

const folder = mkdtempSync(join(tmpdir(), 'lethe-tail-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'events.jsonl')
const count = 100_000
writeFileSync(path, Array.from({ length: count }, (_, i) => `${stepLine(i + 1)}\n`).join(''))
const pieces = Math.ceil(readFileSync(path).length / pieceBytes)

const all = (tail: EventTail) => {
  const lines: string[] = []
  for (let next = tail.next(); next.length > 0; next = tail.next()) lines.push(...next)
  return lines
}
const idsOf = (lines: readonly string[]) => lines.map((each) => JSON.parse(each).id as number)

test('who knows most of a long log is read little of it, and misses nothing', () => {
  expect(pieces).toBeGreaterThan(100)
  for (const after of [1, 40_000, count - 10, count]) {
    reads.mockClear()
    const tail = openEventTail(path, after)
    const ids = idsOf(tail.next())
    expect(reads.mock.calls.length).toBeLessThan(20)
    expect(ids[0]).toBeLessThanOrEqual(Math.min(after + 1, count))
    expect(ids.at(-1)).toBeGreaterThanOrEqual(Math.min(after + 1, count))
    while (ids.at(-1) !== count) ids.push(...idsOf(tail.next()))
    expect(ids).toEqual(Array.from(ids, (_, i) => ids[0] + i))
    expect(tail.next()).toEqual([])
    tail.close()
  }
})

test('damaged lines and lines longer than a piece are no end', () => {
  const odd = join(folder, 'odd.jsonl')
  const long = JSON.stringify({ id: 2, type: 'sample', text: 'x'.repeat(3 * pieceBytes) })
  writeFileSync(
    odd,
    `${stepLine(1)}\n${long}\n${'{'.repeat(3 * pieceBytes)}\n${stepLine(3)}\n${stepLine(4)}`,
  )
  for (const after of [0, 1, 2, 3]) {
    const tail = openEventTail(odd, after)
    const lines = all(tail)
    expect(lines).toContain(stepLine(3))
    expect(lines).not.toContain(stepLine(4))
    tail.close()
  }
  const tail = openEventTail(odd, 2)
  all(tail)
  appendFileSync(odd, '\n')
  expect(all(tail)).toEqual([stepLine(4)])
  tail.close()
})

test('a small picture of a long log reads a little at each of its places', () => {
  reads.mockClear()
  const steps = someSteps(path, 60)
  expect(reads.mock.calls.length).toBe(60)
  expect(steps.length).toBe(60)
  expect(steps[0].step).toBe(1)
  expect(steps.at(-1)?.step).toBeGreaterThan(count - 100)
  const apart = steps.slice(1).map(({ step }, i) => step - steps[i].step)
  expect(Math.max(...apart)).toBeLessThan((1.2 * count) / 60)
})

test('a curve is read in pieces, and whoever else asks has a turn between two', async () => {
  let turns = 0
  const others = () => {
    turns++
    timer = setImmediate(others)
  }
  let timer = setImmediate(others)
  const values = await stepValues(path, 'losses.forget')
  clearImmediate(timer)
  expect(values.length).toBe(count)
  expect(values[499]).toEqual([500, 500])
  expect(turns).toBeGreaterThanOrEqual(pieces - 1)
})
