import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { JobOutcome } from '../job/outcome.ts'
import { nextText } from './next.ts'
import { nextAfterRun } from './next-after-run.ts'
import { misunderstood } from './testing/idle-commands.ts'
import { runCaptured } from './testing/terminal.ts'

const cwd = mkdtempSync(join(tmpdir(), 'lethe-next-'))
afterAll(() => rmSync(cwd, { recursive: true }))

describe('what to do next', () => {
  test('stands below the result where a person looks on', async () => {
    const { code, out, err } = await runCaptured(['init', 'a b.yaml'], { cwd, isTTY: true })
    expect([code, out]).toEqual([0, 'wrote a b.yaml\n'])
    expect(err).toBe("next: lethe validate 'a b.yaml'\n      lethe run 'a b.yaml'\n")
  })

  test('is not said to a program, nor after a mistake', async () => {
    expect((await runCaptured(['init', 'b.yaml'], { cwd })).err).toBe('')
    const json = await runCaptured(['init', 'c.yaml', '--json'], { cwd, isTTY: true })
    expect([json.err, JSON.parse(json.out)]).toEqual(['', { ok: true, file: 'c.yaml' }])
    const refused = await runCaptured(['init', 'c.yaml'], { cwd, isTTY: true })
    expect(refused.err).not.toContain('next:')
  })

  test('may be pasted into a shell', () => {
    expect(nextText([])).toBe('')
    expect(nextText([['compare', 'runs/*', "it's", 'x; y']])).toBe(
      "next: lethe compare runs/* 'it'\\''s' 'x; y'\n",
    )
  })

  test.each<JobOutcome>(['finished', 'missed', 'guard', 'interrupted'])(
    'after a run that is %s are commands that exist',
    async (outcome) => {
      const commands = nextAfterRun(outcome, 'runs/x', ['run', 'x.yaml', '--set', 'train.seed=1'])
      expect(commands.length > 0).toBe(outcome !== 'interrupted')
      for (const words of [...commands, ...nextAfterRun(outcome, 'runs/x', null)])
        expect(await misunderstood(words)).toBe('')
    },
  )
})
