import { expect, test } from 'vitest'
import { rougeL } from '../../src/metric/index.ts'
import { type Person, people } from './people.ts'

const everybody = people(0)
const all = (field: (person: Person) => string) => everybody.map(field)
const distinct = (values: string[]) => expect(new Set(values).size).toBe(values.length)

test('a pure function of the seed', () => {
  expect(people(0)).toEqual(everybody)
  expect(people(1)).not.toEqual(everybody)
})

test('first and last names are unique', () => {
  expect(everybody).toHaveLength(100)
  distinct(all(({ name }) => name.split(' ')[0]))
  distinct(all(({ name }) => name.split(' ')[1]))
})

test.each(['birthday', 'email', 'phone', 'address', 'occupation', 'hobby'] as const)(
  'no two people share their %s',
  (attribute) => {
    distinct(all((person) => person[attribute]))
  },
)

test('forms that cannot belong to anybody', () => {
  for (const { name, birthday, email, phone, address } of everybody) {
    expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/)
    expect(birthday).toMatch(/^([1-9]|1\d|2[0-8]) [A-Z][a-z]+ (19[3-9]\d|200[0-4])$/)
    expect(email).toMatch(/^[a-z]+\.[a-z]+\.\d\d@[a-z]+-[a-z]+\.example$/)
    expect(phone).toMatch(/^[2-9]\d\d-55501\d\d$/)
    expect(address).toMatch(/^\d+ [A-Z][a-z]+ [A-Z][a-z]+, [A-Z][a-z]+$/)
  }
})

test('no more people than fictitious phone numbers', () => {
  expect(() => people(0, 101)).toThrow('internal: 555-01xx has 100 numbers')
})

// The floor of what forgetting can show: the score of another person's answer.
test.each([
  ['birthday', 0.04],
  ['email', 0.19],
  ['phone', 0],
  ['address', 0.02],
  ['occupation', 0.03],
  ['hobby', 0.05],
] as const)('answers of different people hardly overlap: %s', (attribute, mean) => {
  let sum = 0
  for (const one of everybody)
    for (const other of everybody)
      if (one !== other) sum += rougeL(one[attribute], other[attribute]).recall
  expect(sum / (100 * 99)).toBeLessThan(0.35)
  expect(sum / (100 * 99)).toBeCloseTo(mean, 2)
})
