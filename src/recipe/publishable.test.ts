import { expect, test } from 'vitest'
import { publishable, publishableRecipe, publishableText } from './publishable.ts'

test('paths keep their last name, addresses lose who asks and what follows', () => {
  for (const [text, published] of [
    ['/home/me/a.jsonl:3:1: expected x', 'a.jsonl:3:1: expected x'],
    ['no file "/srv/data/a b"', 'no file "a b"'],
    ['forget.path=/home/me/f.jsonl', 'forget.path=f.jsonl'],
    ['~/runs/x and C:\\Users\\me\\y', 'x and y'],
    ['file:///home/me/f.jsonl', 'f.jsonl'],
    ['https://me:p@ss@host:5000/api?token=1#2', 'https://host:5000/api'],
    ['postgres://me@db/x', 'postgres://db/x'],
    ['hf_abcdefghijkl', 'hf_…'],
    // What is no path stays.
    ['3/4 of it, and/or runs/tofu/model', '3/4 of it, and/or runs/tofu/model'],
    ['https://host/a/b/c', 'https://host/a/b/c'],
    ['hub:owner/name', 'hub:owner/name'],
    ['npo (https://arxiv.org/abs/2404.05868)', 'npo (https://arxiv.org/abs/2404.05868)'],
  ])
    expect(publishableText(text)).toBe(published)
})

test('a value is a path as a whole, and what a model said is left', () => {
  const value = {
    path: '/home/jane doe/f.jsonl',
    up: ['../../client/f.jsonl', '/f.jsonl', '~jane', '/'],
    generated: '/usr/bin/env says hello',
    step: 3,
  }
  expect(publishable(value)).toEqual({
    path: 'f.jsonl',
    up: ['f.jsonl', 'f.jsonl', '.', '.'],
    generated: '/usr/bin/env says hello',
    step: 3,
  })
})

test('of a recipe every other byte stays', () => {
  const text = `# lethe run /srv/a/b.yaml
model: /home/me/m   # mine
train: { learningRate: 1e-05 }
forget: { path: "/x/y/f.jsonl", template: { system: /no_think } }
`
  expect(publishableRecipe(text)).toBe(`# lethe run b.yaml
model: "m"   # mine
train: { learningRate: 1e-05 }
forget: { path: "f.jsonl", template: { system: /no_think } }
`)
})
