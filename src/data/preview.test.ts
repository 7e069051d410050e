import { expect, test } from 'vitest'
import { formatPreview, previewTokens } from './preview.ts'
import { fakeTokenizer } from './testing/fake-tokenizer.ts'

const tokenizer = fakeTokenizer()
const tokens = tokenizer.encode('Q:\n A b</s>')
const preview = previewTokens({ tokens, trained: Uint8Array.of(0, 0, 0, 1, 1, 1) }, tokenizer)

test('tokens with their text and whether they are trained', () => {
  expect(preview).toEqual([
    { text: 'Q', trained: false },
    { text: ':', trained: false },
    { text: '\n', trained: false },
    { text: ' A', trained: true },
    { text: ' b', trained: true },
    { text: '</s>', trained: true },
  ])
})

test('brackets without colour, styles with it, never a style across a line break', () => {
  expect(formatPreview(preview, { color: false })).toBe('Q:⏎\n[ A][ b][</s>]')
  expect(formatPreview(preview, { color: true })).toBe(
    '\u001b[2mQ\u001b[0m\u001b[2m:\u001b[0m\u001b[2m⏎\u001b[0m\n' +
      '\u001b[1;32m A\u001b[0m\u001b[1;4;32m b\u001b[0m\u001b[1;32m</s>\u001b[0m',
  )
})

test('control characters of the data cannot drive the terminal', () => {
  const hostile = [{ text: '\u001b[2J\r\t\u009b', trained: true }]
  expect(formatPreview(hostile, { color: false })).toBe('[␛[2J␍␉␡]')
})
