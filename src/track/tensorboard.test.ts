import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { afterAll, expect, test } from 'vitest'
import { openTensorboard } from './tensorboard.ts'
import { metricEvent, stepEvent } from './testing/track.ts'
import { crc32c, tfRecord } from './tf-record.ts'

const root = mkdtempSync(join(tmpdir(), 'lethe-tensorboard-'))
afterAll(() => rmSync(root, { recursive: true }))

test('CRC-32C of the known text', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
})

test('a record is length, masked check, bytes, masked check', () => {
  const record = tfRecord(Uint8Array.of(1, 2, 3))
  expect(record).toHaveLength(19)
  expect([...record.subarray(0, 8)]).toEqual([3, 0, 0, 0, 0, 0, 0, 0])
  expect([...record.subarray(12, 15)]).toEqual([1, 2, 3])
})

interface Parsed {
  step: number
  version?: string
  purges?: true
  tag?: string
  value?: number
}

/** Reads an event file field by field, knowing nothing of how it was written. */
function parse(file: string): Parsed[] {
  const bytes = readFileSync(file)
  const events: Parsed[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at))
    const unmasked = (bytes.readUInt32LE(at + 12 + length) - 0xa282ead8) >>> 0
    const crc = ((unmasked >>> 17) | (unmasked << 15)) >>> 0
    const content = bytes.subarray(at + 12, at + 12 + length)
    expect(crc).toBe(crc32c(content))
    events.push(eventOf(content))
    at += 16 + length
  }
  return events
}

function eventOf(bytes: Uint8Array): Parsed {
  const event: Parsed = { step: 0 }
  for (const [field, value] of fields(bytes)) {
    if (field === 2) event.step = Number(value)
    if (field === 3) event.version = new TextDecoder().decode(value as Uint8Array)
    if (field === 7) event.purges = true
    if (field === 5)
      for (const [inner, content] of fields(fields(value as Uint8Array)[0][1] as Uint8Array)) {
        if (inner === 1) event.tag = new TextDecoder().decode(content as Uint8Array)
        if (inner === 2) event.value = content as number
      }
  }
  return event
}

function fields(bytes: Uint8Array): [number, unknown][] {
  const reader = new BinaryReader(bytes)
  const found: [number, unknown][] = []
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    const read = [() => reader.int64(), () => reader.double(), () => reader.bytes()]
    found.push([field, wire === 5 ? reader.float() : read[wire]()])
  }
  return found
}

test('writes each number at once; a resumed run takes back what is done again', async () => {
  const first = openTensorboard(root, () => 1e12)
  first.listen(stepEvent(1, { forget: 2, retain: null }))
  first.listen(stepEvent(2, { forget: Number.NaN, retain: 0.5 }))
  const [file] = readdirSync(root)
  // Before it is closed.
  const events = parse(join(root, file))
  expect(events[0]).toEqual({ step: 0, version: 'brain.Event:2' })
  const of = (tag: string) => events.filter((event) => event.tag === tag)
  expect(of('loss/forget')).toEqual([{ step: 1, tag: 'loss/forget', value: 2 }])
  expect(of('loss/retain')).toEqual([{ step: 2, tag: 'loss/retain', value: 0.5 }])
  await first.close()

  const second = openTensorboard(root, () => 1.1e12)
  second.listen({
    id: 9,
    ts: '2026-01-01T00:00:00Z',
    runId: 'r',
    type: 'run.resumed',
    step: 1,
    statePath: 's',
  })
  second.listen(stepEvent(2, { forget: 1, retain: 0.5 }))
  second.listen(metricEvent('forget.rougeL', 'before', 0.9, 2))
  await second.close()
  const files = readdirSync(root).sort()
  const again = parse(join(root, files[1]))
  expect(again[1]).toEqual({ step: 2, purges: true })
  expect(again.find(({ tag }) => tag === 'forget/rougeL')).toEqual({
    step: 0,
    tag: 'forget/rougeL',
    value: Math.fround(0.9),
  })
})
