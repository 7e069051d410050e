import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { stepLine } from '../src/run/testing/step-line.ts'
import { startStudio } from '../src/studio/server.ts'
import { freePort } from './helpers/free-port.ts'

// How much of a log is read is what is counted here.
vi.mock(import('node:fs'), async (original) => {
  const fs = await original()
  return { ...fs, readSync: vi.fn(fs.readSync) as typeof fs.readSync }
})
const { readSync } = await import('node:fs')
const pieces = () => vi.mocked(readSync).mock.calls.length

const steps = 100_000
let root: string
let port: number
let studio: Awaited<ReturnType<typeof startStudio>>
let silent: Socket[]
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lethe-readers-'))
  mkdirSync(join(root, 'long'))
  const lines = Array.from({ length: steps }, (_, i) => stepLine(i + 1))
  writeFileSync(join(root, 'long', 'events.jsonl'), `${lines.join('\n')}\n`)
  port = await freePort()
  studio = await startStudio({ root, cwd: root, env: {}, host: '127.0.0.1', port, token: null })
  silent = []
})
afterEach(async () => {
  for (const socket of silent) socket.destroy()
  await studio.close()
  rmSync(root, { recursive: true })
})

const at = (path: string) => `http://127.0.0.1:${port}${path}`

/** Asks for the whole log, and never reads. */
function askSilently(): void {
  const socket = connect(port, '127.0.0.1')
  silent.push(socket.pause())
  socket.write(`GET /api/runs/long/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
}

/** The first events after one. */
async function eventsAfter(id: number): Promise<string> {
  const abort = new AbortController()
  const { body } = await fetch(at(`/api/runs/long/events?after=${id}`), { signal: abort.signal })
  const { value } = await (body as ReadableStream<Uint8Array>).getReader().read()
  abort.abort()
  return new TextDecoder().decode(value)
}

test('fifty readers that do not read keep nobody waiting, and who wants the end gets it first', async () => {
  for (let i = 0; i < 50; i++) askSilently()
  // They are heard, and their logs are begun.
  while (pieces() < 50) await new Promise((turn) => setImmediate(turn))
  const before = pieces()
  const { ok } = await fetch(at('/api/runs/long/samples'))
  expect(ok).toBe(true)
  const answered = pieces()
  expect(answered - before).toBeLessThan(100)
  expect(await eventsAfter(steps - 2)).toMatch(/^event: step\ndata: \{"id":99999,.*\nid: 99999\n/)
  expect(pieces() - answered).toBeLessThan(150)
})

test('there is an end of readers, and room again when some have left', async () => {
  for (let i = 0; i < 200; i++) askSilently()
  const asked = () => fetch(at('/api/runs/long/events?after=1'))
  let refused = await asked()
  for (; refused.status === 200; refused = await asked()) await refused.body?.cancel()
  expect(refused.status).toBe(503)
  expect(await refused.json()).toMatchObject({
    ok: false,
    problems: [{ code: 'busy', expected: 'at most 200 readers of logs' }],
  })
  expect((await fetch(at('/api/runs/long/samples'))).ok).toBe(true)
  for (const socket of silent) socket.destroy()
  let room = await asked()
  for (; room.status === 503; room = await asked()) await room.text()
  expect(room.status).toBe(200)
  await room.body?.cancel()
})
