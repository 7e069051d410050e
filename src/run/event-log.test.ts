import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { disk, mountSmallDisk, needing } from '../../test/helpers/needs.ts'
import { UserError } from '../error.ts'
import { openEventLog, readEvents } from './event-log.ts'
import type { EventOf } from './events.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-events-'))
  path = join(folder, 'events.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

const warning = (step: number) =>
  ({ type: 'warning', step, code: 'test', message: `at ${step}\n"quoted"`, hint: null }) as const

function log(runId = 'demo-1') {
  let seconds = 0
  return openEventLog(path, { runId, now: () => new Date(Date.UTC(2031, 0, 1, 0, 0, seconds++)) })
}

describe('event log', () => {
  test('gives id, time and run, and reads back what was written', () => {
    const events = log()
    const first = events.append(warning(0))
    expect(first).toEqual({
      id: 1,
      ts: '2031-01-01T00:00:00.000Z',
      runId: 'demo-1',
      ...warning(0),
    })
    const second = events.append(warning(1))
    events.close()
    expect(readEvents(path)).toEqual([first, second])
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3)
  })

  test('ids and the run go on after a resume', () => {
    const before = log()
    before.append(warning(0))
    before.append(warning(1))
    before.close()
    const after = log('another')
    expect(after.runId).toBe('demo-1')
    expect(after.append(warning(2))).toMatchObject({ id: 3, runId: 'demo-1' })
    after.close()
    expect(readEvents(path).map(({ id }) => id)).toEqual([1, 2, 3])
  })

  test('a cut last line is left out by the reader and removed by the writer, at every length', () => {
    const events = log()
    events.append(warning(0))
    const whole = readFileSync(path).length
    events.append(warning(1))
    events.close()
    const bytes = readFileSync(path)
    for (let length = bytes.length - 1; length >= whole; length -= 7) {
      writeFileSync(path, bytes)
      truncateSync(path, length)
      expect(readEvents(path).map(({ id }) => id)).toEqual([1])
      const resumed = log()
      expect(resumed.append(warning(1)).id).toBe(2)
      resumed.close()
      expect(readEvents(path).map(({ id }) => id)).toEqual([1, 2])
    }
  })

  test('numbers that are not finite are null', () => {
    const events = log()
    events.append({
      type: 'eval.metric',
      step: 3,
      phase: 'after',
      metric: 'forget.rougeL',
      value: Number.NaN,
      low: Number.NEGATIVE_INFINITY,
      high: 0.5,
      examples: 1,
    })
    events.close()
    const [stored] = readEvents(path) as EventOf<'eval.metric'>[]
    expect([stored.value, stored.low, stored.high]).toEqual([null, null, 0.5])
  })

  test('a damaged line in the middle is named by file and line', () => {
    const events = log()
    events.append(warning(0))
    events.close()
    appendFileSync(path, '{"id":2,\n{"id":3}\n')
    expect(() => readEvents(path)).toThrow(`${path}:2:1: expected one JSON text on the line`)
    expect(() => readEvents(path)).toThrow(UserError)
  })

  test('a missing file is the user’s', () => {
    expect(() => readEvents(path)).toThrow(UserError)
  })

  const smallDisk = mountSmallDisk(64)
  test('on a full disk the half line is taken back', needing(disk(smallDisk)), () => {
    const small = join(smallDisk as string, 'events.jsonl')
    writeFileSync(join(smallDisk as string, 'filler'), Buffer.alloc(40_000))
    const events = openEventLog(small, { runId: 'demo-1' })
    let written = 0
    const fill = () => {
      for (;;) {
        events.append(warning(written))
        written += 1
      }
    }
    expect(fill).toThrow(`${small}: expected free disk space, got a full disk`)
    expect(written).toBeGreaterThan(10)
    expect(readFileSync(small, 'utf8').endsWith('}\n')).toBe(true)
    rmSync(join(smallDisk as string, 'filler'))
    expect(events.append(warning(written)).id).toBe(written + 1)
    events.close()
    expect(readEvents(small).map(({ id }) => id)).toEqual(
      Array.from({ length: written + 1 }, (_, i) => i + 1),
    )
  })
})
