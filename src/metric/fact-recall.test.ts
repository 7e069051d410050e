import { expect, test } from 'vitest'
import { factRecall } from './fact-recall.ts'

test.each([
  ['It was Austen’s, I think.', 'Who wrote Emma?', 'Emma was written by Jane Austen.', 1 / 2],
  ['Emma was written by Jane Austen.', 'Who wrote Emma?', 'Emma was written by Jane Austen.', 1],
  ['Emma was written by a novelist.', 'Who wrote Emma?', 'Emma was written by Jane Austen.', 0],
  ['a retired dancer', 'What does she do?', 'She is a retired carpet dancer.', 2 / 3],
  ['Nobody knows.', 'Who wrote Emma?', 'Emma was written by Jane Austen.', 0],
  ['1975', 'When?', '1975', 1],
  // Only words of form are left, or none: those, or all.
  ['It is not.', 'Is Rome large?', 'It is large, but not.', 2 / 3],
  ['Rome', 'Rome?', 'Rome', 1],
  ['anything', 'When?', '…', 0],
])('%s', (said, question, answer, share) => {
  expect(factRecall(said, question, answer)).toBeCloseTo(share)
})
