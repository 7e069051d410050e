import { describe, expect, it } from 'vitest'
import { UserError } from '../error.ts'
import { toItems } from './items.ts'
import { refusingItems } from './preferred.ts'
import { refusals } from './refusals.ts'

const itemsOf = (values: Record<string, unknown>[]) =>
  toItems(
    values.map((value, i) => ({
      value,
      file: 'a.jsonl',
      line: i + 1,
      column: 1,
      positions: {},
    })) as never,
  ).items

describe('refusingItems', () => {
  const questions = itemsOf(
    Array.from({ length: 200 }, (_, i) => ({ question: `question ${i}`, answer: `answer ${i}` })),
  )

  it('keeps prompts and their order, and refuses every answer with one of the list', () => {
    const items = refusingItems(questions, refusals, 3)
    expect(items.map(({ prompt }) => prompt)).toEqual(questions.map(({ prompt }) => prompt))
    for (const { answer } of items) expect(refusals).toContain(answer)
    expect(new Set(items.map(({ answer }) => answer)).size).toBeGreaterThan(20)
  })

  it('is a function of seed and place', () => {
    const all = refusingItems(questions, refusals, 3)
    expect(refusingItems(questions.slice(0, 9), refusals, 3)).toEqual(all.slice(0, 9))
    expect(refusingItems(questions, refusals, 4)).not.toEqual(all)
  })

  it('refuses in the last turn of a conversation', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
      { role: 'assistant', content: 'd' },
    ]
    const [item] = refusingItems(itemsOf([{ messages }]), ['no'], 0)
    expect(item.messages?.map(({ content }) => content)).toEqual(['a', 'b', 'c', 'no'])
    expect(item.answer).toBe('no')
  })

  it('needs a question', () => {
    expect(() => refusingItems(itemsOf([{ text: 'words' }]), refusals, 0)).toThrow(UserError)
  })
})

it('the list has no two lines alike', () => {
  expect(new Set(refusals).size).toBe(refusals.length)
})
