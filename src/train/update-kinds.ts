import { add, input, mul, type Node } from '../graph/index.ts'
import type { Optimizer, UpdateNodes } from '../parts/optim/optimizer.ts'
import { alignedSize } from './flat.ts'
import type { MatrixPlace } from './hidden-matrices.ts'

/** Elements per piece: long enough to hide the call, short enough to stay in cache. */
const pieceLength = 262144

/** Weights that are updated in one call. */
export interface UpdatePart {
  /** In the flat array of weights. */
  readonly start: number
  /** In the arrays of its slots. */
  readonly slotStart: number
  /** `[n]`, or `[rows, columns]` */
  readonly shape: readonly number[]
}

/** Parts of the weights that one program updates. */
export interface UpdateKind {
  readonly parts: readonly UpdatePart[]
  readonly slots: readonly string[]
  scalars(
    knobs: Readonly<Record<string, unknown>>,
    learningRate: number,
    step: number,
    part: UpdatePart,
  ): Record<string, number>
  /** What the program computes of `gradients` gradients: `new parameter`, and `new <slot>` for each slot. */
  graph(gradients: number): Record<string, Node>
}

/**
 * The kinds of update by which an optimiser goes through a flat array: by pieces of any length, and where it has a rule for them by hidden matrices,
 * wide ones by one program and tall ones by another.
 *
 * @param size of the flat array
 */
export function updateKinds(
  optimizer: Optimizer,
  size: number,
  hidden: readonly MatrixPlace[],
): UpdateKind[] {
  const { matrix: rule } = optimizer
  const matrices = placeMatrices(rule ? hidden : [])
  const elements: UpdateKind = {
    parts: cut(size, matrices),
    slots: optimizer.slots,
    scalars: optimizer.scalars,
    graph: (gradients) =>
      updateGraph(gradients, ['n'], optimizer, (nodes) => optimizer.update(nodes)),
  }
  const whole = [false, true].flatMap((isTall): UpdateKind[] =>
    rule
      ? [
          {
            parts: matrices.filter(({ shape }) => shape[0] > shape[1] === isTall),
            slots: rule.slots,
            scalars: (knobs, learningRate, step, { shape }) =>
              rule.scalars(knobs, learningRate, step, [shape[0], shape[1]]),
            graph: (gradients) =>
              updateGraph(gradients, ['rows', 'columns'], rule, (nodes) =>
                rule.update(nodes, isTall),
              ),
          },
        ]
      : [],
  )
  return [elements, ...whole].filter(({ parts }) => parts.length > 0)
}

function placeMatrices(hidden: readonly MatrixPlace[]): UpdatePart[] {
  let slotStart = 0
  return hidden.map(({ start, shape }) => {
    const part = { start, slotStart, shape }
    slotStart += shape[0] * shape[1]
    return part
  })
}

/** The weights between the matrices, in pieces; a matrix takes the gap that follows it. */
function cut(size: number, matrices: readonly UpdatePart[]): UpdatePart[] {
  const pieces: UpdatePart[] = []
  let slotStart = 0
  let from = 0
  const ranges = [...matrices, { start: size, shape: [0, 0] }]
  for (const { start: to, shape } of ranges) {
    for (let start = from; start < to; start += pieceLength) {
      const length = Math.min(pieceLength, to - start)
      pieces.push({ start, slotStart, shape: [length] })
      slotStart += length
    }
    from = to + alignedSize(shape[0] * shape[1])
  }
  return pieces
}

function updateGraph(
  gradients: number,
  axes: readonly string[],
  { slots: slotNames, scalarNames }: Pick<Optimizer, 'slots' | 'scalarNames'>,
  update: (nodes: UpdateNodes) => { parameter: Node; slots: Record<string, Node> },
): Record<string, Node> {
  const array = (name: string) => input(name, axes)
  const scalar = (name: string) => input(name, [])
  const terms = Array.from({ length: gradients }, (_, k) =>
    mul(array(`gradient ${k}`), scalar(`coefficient ${k}`)),
  )
  const { parameter, slots } = update({
    parameter: array('parameter'),
    gradient: terms.reduce((a, b) => add(a, b)),
    slots: Object.fromEntries(slotNames.map((name) => [name, array(`slot ${name}`)])),
    scalars: Object.fromEntries(scalarNames.map((name) => [name, scalar(name)])),
  })
  return {
    'new parameter': parameter,
    ...Object.fromEntries(Object.entries(slots).map(([name, node]) => [`new ${name}`, node])),
  }
}
