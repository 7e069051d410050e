import { describe, expect, test } from 'vitest'
import type { Example } from '../data/index.ts'
import { begunAnswer } from './begun-answer.ts'

const stop = 9
const promptTokens = Int32Array.of(1, 2)

function text(tokens: number[], promptLength = 2) {
  const example: Example = {
    index: 0,
    tokens: Int32Array.from(tokens),
    trained: Uint8Array.from(tokens, (_, i) => (i >= promptLength ? 1 : 0)),
    promptLength,
    prompt: '',
    answer: '',
    origin: { file: '', line: 1 },
    truncatedTokens: 0,
  }
  return { text: '', example }
}

const scores = (choices: string) => ({
  logProbs: new Float32Array(choices.length),
  firstChoice: [...choices].map((choice) => choice === '1'),
  distribution: null,
})

function begun(
  texts: Record<string, ReturnType<typeof text>[]>,
  choices: string[],
  maxNewTokens = 10,
) {
  const { tokens, ended } = begunAnswer(
    { promptTokens, texts },
    choices.map(scores),
    [stop],
    maxNewTokens,
  )
  return [[...tokens], ended]
}

describe('what is known of a greedy answer', () => {
  test('is the text up to where the model would have chosen otherwise', () => {
    expect(begun({ answer: [text([1, 2, 3, 4, 5, stop])] }, ['1101'])).toEqual([[3, 4], false])
    expect(begun({ answer: [text([1, 2, 3, 4])] }, ['01'])).toEqual([[], false])
    expect(begun({ answer: [text([1, 2, 3, 4])] }, ['11'])).toEqual([[3, 4], false])
  })

  test('is all of it where the model would have stopped too', () => {
    expect(begun({ answer: [text([1, 2, 3, 4, stop])] }, ['111'])).toEqual([[3, 4], true])
    expect(begun({ answer: [text([1, 2, stop, 4])] }, ['11'])).toEqual([[], true])
  })

  test('is cut to the longest answer that is asked for', () => {
    const answer = [text([1, 2, 3, 4, 5, stop])]
    expect(begun({ answer }, ['1111'], 2)).toEqual([[3, 4], true])
    expect(begun({ answer }, ['1111'], 3)).toEqual([[3, 4, 5], true])
    expect(begun({ answer }, ['1111'], 0)).toEqual([[], true])
  })

  test('is taken from the text that knows most', () => {
    const texts = {
      answer: [text([1, 2, 3, 4, 5])],
      perturbed: [text([1, 2, 3, 7]), text([1, 2, 3, 4, 6, 6])],
    }
    expect(begun(texts, ['100', '10', '1110'])).toEqual([[3, 4, 6], false])
  })

  test('is nothing where the tokens do not part at the end of the prompt', () => {
    expect(begun({ answer: [text([1, 5, 3, 4])] }, ['11'])).toEqual([[], false])
    expect(begun({ answer: [text([1, 2, 3, 4], 1)] }, ['111'])).toEqual([[], false])
    expect(begun({ answer: [text([1, 2, 3, 4], 3)] }, ['1'])).toEqual([[], false])
    expect(begun({}, [])).toEqual([[], false])
  })
})
