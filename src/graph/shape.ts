/**
 * An axis length: a number, or a product of named axes with a factor, written canonically
 * (`batch`, `batch*seq`, `4*batch*seq`; names sorted).
 */
export type Dim = number | string

export type Shape = readonly Dim[]

/** Lengths of the named axes of one run. */
export type Bindings = ReadonlyMap<string, number>

interface Monomial {
  factor: number
  names: string[]
}

function parse(dim: Dim): Monomial {
  if (typeof dim === 'number') return { factor: dim, names: [] }
  const parts = dim.split('*')
  const first = Number(parts[0])
  return Number.isNaN(first)
    ? { factor: 1, names: parts }
    : { factor: first, names: parts.slice(1) }
}

function format({ factor, names }: Monomial): Dim {
  if (names.length === 0 || factor === 0) return factor
  const product = [...names].sort().join('*')
  return factor === 1 ? product : `${factor}*${product}`
}

/** The product of axis lengths; of none, 1. */
export function multiplyDims(dims: readonly Dim[]): Dim {
  const result: Monomial = { factor: 1, names: [] }
  for (const dim of dims) {
    const { factor, names } = parse(dim)
    result.factor *= factor
    result.names.push(...names)
  }
  return format(result)
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i])
}

/** The length of an axis in a run. */
export function bindDim(dim: Dim, bindings: Bindings): number {
  const { factor, names } = parse(dim)
  let value = factor
  for (const name of names) {
    const length = bindings.get(name)
    if (length === undefined) throw new Error(`internal: axis ${name} is not bound`)
    value *= length
  }
  return value
}

export function bindShape(shape: Shape, bindings: Bindings): number[] {
  return shape.map((dim) => bindDim(dim, bindings))
}

/** Number of elements of a bound shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** Number of elements of several bound shapes together. */
export function totalSize(shapes: Iterable<readonly number[]>): number {
  let total = 0
  for (const shape of shapes) total += sizeOf(shape)
  return total
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

/** Numpy broadcasting of two shapes, or null where they do not fit. Unequal named axes never fit. */
export function broadcastShapes(a: Shape, b: Shape): Dim[] | null {
  const rank = Math.max(a.length, b.length)
  const result: Dim[] = []
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1
    const y = b[b.length - rank + i] ?? 1
    if (x === y || y === 1) result.push(x)
    else if (x === 1) result.push(y)
    else return null
  }
  return result
}

/**
 * Learns axis lengths from the shapes of a run's inputs.
 *
 * @throws ShapeError naming the input, the expected formula with its value, and what came.
 */
export class AxisBinder {
  readonly bindings: Map<string, number> = new Map()

  bind(name: string, shape: Shape, got: readonly number[]): void {
    const fail = () => {
      const known = shape.map((dim) => {
        const { names } = parse(dim)
        return names.every((axis) => this.bindings.has(axis)) ? bindDim(dim, this.bindings) : '?'
      })
      const named = shape.some((dim) => typeof dim === 'string')
      const expected = named ? `${formatShape(shape)} = [${known.join(', ')}]` : formatShape(shape)
      throw new ShapeError(name, expected, `[${got.join(', ')}]`)
    }
    if (shape.length !== got.length) fail()
    for (const i of plainestFirst(shape)) {
      const { factor, names } = parse(shape[i])
      const unknown = names.filter((axis) => !this.bindings.has(axis))
      if (unknown.length === 1) {
        const rest = bindDim(
          format({ factor, names: names.filter((n) => n !== unknown[0]) }),
          this.bindings,
        )
        if (rest === 0 || got[i] % rest !== 0) fail()
        this.bindings.set(unknown[0], got[i] / rest)
      } else if (unknown.length > 1 || bindDim(shape[i], this.bindings) !== got[i]) fail()
    }
  }

  /** Binds shapes in order, but a product of axes waits until a later shape has told its factors. */
  bindAll(
    all: readonly {
      readonly name: string
      readonly shape: Shape
      readonly got: readonly number[]
    }[],
  ): void {
    let waiting = all
    while (waiting.length > 0) {
      const ready = waiting.filter(({ shape }) => this.#settles(shape))
      // Where none is ready some axis is told by no shape at all, and binding fails with its name.
      const now = ready.length > 0 ? ready : waiting
      for (const { name, shape, got } of now) this.bind(name, shape, got)
      waiting = waiting.filter((port) => !now.includes(port))
    }
  }

  /** Whether each axis of the shape is known or can be told from it. */
  #settles(shape: Shape): boolean {
    const known = new Set(this.bindings.keys())
    return plainestFirst(shape).every((i) => {
      const unknown = parse(shape[i]).names.filter((axis) => !known.has(axis))
      for (const axis of unknown) known.add(axis)
      return unknown.length <= 1
    })
  }
}

/** Positions of a shape, single axes before products of them. */
function plainestFirst(shape: Shape): number[] {
  const count = (i: number) => parse(shape[i]).names.length
  return [...shape.keys()].sort((i, j) => count(i) - count(j))
}

/** `attention mask: expected [batch, seq] = [4, 128], got [4, 127]`. */
export class ShapeError extends Error {
  readonly what: string
  readonly expected: string
  readonly got: string

  constructor(what: string, expected: string, got: string) {
    super(`${what}: expected ${expected}, got ${got}`)
    this.name = 'ShapeError'
    this.what = what
    this.expected = expected
    this.got = got
  }
}
