import { type AST, parseRegExpLiteral } from '@eslint-community/regexpp'

/** As many characters as a pattern may have, with those that it repeats a fixed number of times. */
const mostPositions = 400
/** Repetitions of one character behind each other: real patterns have two, whose time grows with the square of a text's length. */
const mostRepetitions = 2
/** Parts that may be missing, behind each other. */
const mostOptions = 8

/**
 * Why matching a pattern may take time without bound, or null where it does not: what matches one text in many ways, as `(a+)+` and
 * `(a|a)*` do, is tried in all of them.
 *
 * Conservative: a look-around is taken to hold always, and `{1,3}` to repeat without end.
 *
 * Source: Weber and Seidl, On the degree of ambiguity of finite automata (1991), on Glushkov's automaton, whose transitions are counted.
 */
export function endlessPattern(pattern: RegExp): string | null {
  try {
    const automaton = new Automaton(pattern.flags)
    const { options } = automaton.add(parseRegExpLiteral(pattern).pattern)
    if (options > mostOptions) return `${options} parts that may be missing behind each other`
    return automaton.fault()
  } catch (error) {
    if (error instanceof Unbounded) return error.message
    throw error
  }
}

class Unbounded extends Error {}

/** Where a part of a pattern begins and ends, and whether it may be missing. */
interface Part {
  readonly nullable: boolean
  readonly first: readonly number[]
  readonly last: readonly number[]
  readonly options: number
}

const nothing: Part = { nullable: true, first: [], last: [], options: 0 }

class Automaton {
  /** The characters of the sample that each position matches. */
  readonly #matched: ReadonlySet<string>[] = []
  /** How often a position follows another: in how many ways. */
  readonly #follow: Map<number, number>[] = []
  readonly #flags: string

  constructor(flags: string) {
    this.#flags = flags.replace(/[gy]/g, '')
  }

  add(node: AST.Node): Part {
    switch (node.type) {
      case 'Pattern':
      case 'Group':
      case 'CapturingGroup':
        return this.#choice(node.alternatives)
      case 'Alternative':
        return node.elements.reduce<Part>(
          (before, next) => this.#chain(before, this.add(next)),
          nothing,
        )
      case 'Quantifier':
        return this.#quantified(node)
      case 'Assertion':
        // It takes no character, but time.
        if ('alternatives' in node) this.#choice(node.alternatives)
        return nothing
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
      case 'ExpressionCharacterClass':
        return this.#position(node.raw)
      default:
        throw new Unbounded(`a ${node.type}`)
    }
  }

  /** What is wrong with all that was added. */
  fault(): string | null {
    for (const component of components(this.#follow.length, (p) => [...this.#follow[p].keys()]))
      if (this.#manyWays(component)) return 'a repetition of what matches one text in many ways'
    const most = Math.max(0, ...this.#sample().map((character) => this.#repetitions(character)))
    return most > mostRepetitions ? `${most} repetitions of one character behind each other` : null
  }

  #position(raw: string): Part {
    if (this.#matched.length >= mostPositions)
      throw new Unbounded(`more than ${mostPositions} characters`)
    const test = new RegExp(`^(?:${raw})$`, this.#flags)
    const matched = [...common, ...raw].filter((character) => test.test(character))
    const at = this.#matched.push(new Set(matched)) - 1
    this.#follow.push(new Map())
    return { nullable: false, first: [at], last: [at], options: 0 }
  }

  #choice(alternatives: readonly AST.Alternative[]): Part {
    const parts = alternatives.map((alternative) => this.add(alternative))
    return {
      nullable: parts.some(({ nullable }) => nullable),
      first: parts.flatMap(({ first }) => first),
      last: parts.flatMap(({ last }) => last),
      options: Math.max(...parts.map(({ options }) => options)),
    }
  }

  #chain(a: Part, b: Part): Part {
    this.#link(a.last, b.first)
    return {
      nullable: a.nullable && b.nullable,
      first: a.nullable ? [...a.first, ...b.first] : a.first,
      last: b.nullable ? [...a.last, ...b.last] : b.last,
      options: a.options + b.options,
    }
  }

  #quantified({ min, max, element }: AST.Quantifier): Part {
    if (min === max) {
      let all = nothing
      for (let i = 0; i < max; i++) {
        // A long repetition of nothing has no position that would end it.
        if (i > mostPositions) throw new Unbounded(`a repetition of ${max}`)
        all = this.#chain(all, this.add(element))
      }
      return all
    }
    const inner = this.add(element)
    if (max > 1) this.#link(inner.last, inner.first)
    const isOption = max === 1 && !inner.nullable
    return {
      ...inner,
      nullable: inner.nullable || min === 0,
      options: inner.options + (isOption ? 1 : 0),
    }
  }

  #link(from: readonly number[], to: readonly number[]): void {
    for (const p of from)
      for (const q of to) this.#follow[p].set(q, (this.#follow[p].get(q) ?? 0) + 1)
  }

  #sample(): string[] {
    return [...new Set(this.#matched.flatMap((matched) => [...matched]))]
  }

  /** Whether a text leads from one of these positions back to it in two ways. */
  #manyWays(component: readonly number[]): boolean {
    const inside = new Set(component)
    const next = (p: number) => [...this.#follow[p].keys()].filter((q) => inside.has(q))
    if (component.some((p) => next(p).some((q) => this.#follow[p].get(q)! > 1))) return true
    if (component.length === 1) return false
    // Pairs of ways that read the same text.
    const size = component.length
    const index = new Map(component.map((p, i) => [p, i]))
    const pairs = (pair: number): number[] => {
      const [a, b] = [component[Math.floor(pair / size)], component[pair % size]]
      return next(a).flatMap((p) =>
        next(b)
          .filter((q) => this.#meet(p, q))
          .map((q) => index.get(p)! * size + index.get(q)!),
      )
    }
    const isSame = (pair: number) => Math.floor(pair / size) === pair % size
    return components(size * size, pairs).some(
      (found) => found.some(isSame) && !found.every(isSame),
    )
  }

  #meet(p: number, q: number): boolean {
    for (const character of this.#matched[p]) if (this.#matched[q].has(character)) return true
    return false
  }

  /** The longest chain of loops that a run of one character can go through. */
  #repetitions(character: string): number {
    const reads = (p: number) => this.#matched[p].has(character)
    const next = (p: number) => (reads(p) ? [...this.#follow[p].keys()].filter(reads) : [])
    const longest = new Map<number, number>()
    let most = 0
    // Components come with what follows them first.
    for (const component of components(this.#follow.length, next)) {
      const after = component.flatMap(next)
      const isLoop = component.some((p) => next(p).some((q) => component.includes(q)))
      const chain = Math.max(0, ...after.map((q) => longest.get(q) ?? 0)) + (isLoop ? 1 : 0)
      for (const p of component) longest.set(p, chain)
      most = Math.max(most, chain)
    }
    return most
  }
}

/** Characters that tell the classes of real patterns apart: letters, marks, digits, signs and spaces of several scripts. */
const common = [
  ...'aZéßſΣжאمก日あハ한ªʰǅ\u0301\u0903\u200d09½Ⅳ٣²',
  ..." '’_-.,!/$€+<^©🙂\t\n\r\v\u00a0\u2028\u3000\u0000\u007f\ue000\u{10348}",
]

/** Groups of nodes that lead to each other; what a group leads to comes before it (Tarjan, without recursion). */
function components(count: number, next: (node: number) => readonly number[]): number[][] {
  const order = new Int32Array(count).fill(-1)
  const low = new Int32Array(count)
  const waiting: number[] = []
  const isWaiting = new Uint8Array(count)
  const found: number[][] = []
  let time = 0
  for (let root = 0; root < count; root++) {
    if (order[root] >= 0) continue
    const stack: { node: number; targets: readonly number[]; at: number }[] = []
    const enter = (node: number) => {
      order[node] = low[node] = time++
      waiting.push(node)
      isWaiting[node] = 1
      stack.push({ node, targets: next(node), at: 0 })
    }
    enter(root)
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      const { node } = top
      if (top.at < top.targets.length) {
        const target = top.targets[top.at++]
        if (order[target] < 0) enter(target)
        else if (isWaiting[target]) low[node] = Math.min(low[node], order[target])
        continue
      }
      stack.pop()
      const parent = stack.at(-1)?.node
      if (parent !== undefined) low[parent] = Math.min(low[parent], low[node])
      if (low[node] < order[node]) continue
      const group = waiting.splice(waiting.lastIndexOf(node))
      for (const member of group) isWaiting[member] = 0
      found.push(group)
    }
  }
  return found
}
