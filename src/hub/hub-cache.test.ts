import { expect, test } from 'vitest'
import { hubNameOf } from './hub-cache.ts'

test.each([
  ['/home/me/.cache/huggingface/hub/models--owner--a-name/snapshots/c0ffee', 'owner/a-name'],
  ['cache/models--gpt2/snapshots/c0ffee/', 'gpt2'],
  ['/home/me/models--owner--a-name', null],
  ['owner/name', null],
])('the hub knows %s as %s', (folder, name) => {
  expect(hubNameOf(folder)).toBe(name)
})
