import { expect, test } from 'vitest'
import { formatProblem } from '../error.ts'
import { overlapProblems, type Row } from './overlap.ts'

const row = (prompt: string, answer: string, file: string, line: number): Row => {
  return { prompt, answer, origin: { file, line } }
}

test('rows in both sets are named at both places, however they are spaced or written', () => {
  const retain = [
    row('Who?', 'Ada', 'retain.jsonl', 1),
    row('Where  is\nit?', 'At the ﬁrst café', 'retain.jsonl', 2),
    row('Who?', 'Ada', 'retain.jsonl', 3),
  ]
  const forget = [
    row('who? ', 'ADA', 'forget.jsonl', 7),
    row('Who?', 'Bob', 'forget.jsonl', 8),
    row('Where is it?', 'At the first cafe\u0301', 'forget.jsonl', 9),
    row('Who? Ada', '', 'forget.jsonl', 10),
  ]
  expect(overlapProblems(forget, retain).map(formatProblem)).toEqual([
    'forget.jsonl:7:1: expected a forget row that is not in the retain set, got the same row at retain.jsonl:1. Remove it from one of the two files',
    'forget.jsonl:9:1: expected a forget row that is not in the retain set, got the same row at retain.jsonl:2. Remove it from one of the two files',
  ])
  expect(overlapProblems(forget, [])).toEqual([])
})
