import { expect, test } from 'vitest'
import { runCaptured } from '../testing/terminal.ts'

test.each([
  [
    ['--methods', 'npo', '--within', 'soon'],
    '--within: expected a number with s, m or h, got soon. For example --within 2h',
  ],
  [
    ['--methods', 'npo', '--seeds', '2'],
    '--seeds: expected seeds other than 0, on which learning rates are looked for, got 2. List them: --seeds 1,2, or 1, for one',
  ],
])('lethe tune refuses %o before it looks for the recipe', async (flags, message) => {
  const { code, out, err } = await runCaptured(['tune', 'nowhere.yaml', ...flags])
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(message)
})
