import { integer, permutation } from '../../src/math/random.ts'
import { words } from './words.ts'

/** An invented person; every field but `name` is the answer to a question. */
export interface Person {
  name: string
  birthday: string
  email: string
  phone: string
  address: string
  occupation: string
  hobby: string
}

/**
 * Invents people, as a pure function of the seed. None of them exists: names and towns are put together from parts,
 * e-mail hosts lie under the reserved `.example`, phone numbers are 555-01xx (reserved for fiction).
 *
 * First names, last names and answers are distinct; words within answers (a month, a town, a trade) recur.
 *
 * @param count  at most 100, as many as there are 555-01xx numbers
 */
export function people(seed: number, count = 100): Person[] {
  if (count > 100) throw new RangeError(`internal: 555-01xx has 100 numbers, got count = ${count}`)

  /** For each person one word of each list, no two persons the same combination. */
  const combine = (stream: string, ...lists: (readonly string[])[]): string[][] => {
    const combinations = lists.reduce((product, { length }) => product * length, 1)
    const picked = permutation(seed, ['demo', stream], combinations).subarray(0, count)
    return Array.from(picked, (combination) => {
      let rest = combination
      return lists.map((list) => {
        const word = list[rest % list.length]
        rest = Math.floor(rest / list.length)
        return word
      })
    })
  }
  const number = (stream: string, person: number, from: number, to: number) =>
    from + integer(seed, ['demo', stream], person, to - from + 1)

  const first = combine('first name', words.firstStart, words.firstEnd)
  const last = combine('last name', words.lastStart, words.lastEnd)
  const birthday = combine('birthday', numbers(1, 28), words.month, numbers(1931, 2004))
  const mailbox = combine('mailbox', words.colour, words.animal)
  const host = combine('host', words.host, words.hostKind)
  const area = combine('area', numbers(200, 999))
  const line = combine('line', numbers(100, 199))
  const street = combine('street', words.streetStart, words.streetEnd)
  const occupation = combine('occupation', words.trade, words.profession)
  const hobby = combine('hobby', words.pastime, words.material, words.thing)

  return Array.from({ length: count }, (_, i) => {
    const streetKind = words.streetKind[number('street kind', i, 0, words.streetKind.length - 1)]
    const town = words.town[number('town', i, 0, words.town.length - 1)]
    return {
      name: `${first[i].join('')} ${last[i].join('')}`,
      birthday: birthday[i].join(' '),
      email: `${mailbox[i].join('.')}.${number('mailbox', i, 10, 99)}@${host[i].join('-')}.example`,
      // 555-01xx in one group, so that two numbers share no token.
      phone: `${area[i]}-5550${line[i]}`,
      address: `${number('house', i, 2, 180)} ${street[i].join('')} ${streetKind}, ${town}`,
      occupation: occupation[i].join(' '),
      hobby: hobby[i].join(' '),
    }
  })
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => String(from + i))
}
