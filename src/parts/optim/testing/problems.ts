/** Problems that every optimiser must bring below a bound. */
export const problems = {
  parabola: {
    start: [3, -2],
    shape: [1, 2] as const,
    loss: ([x, y]: Float32Array) => (x - 1) ** 2 + 4 * (y + 0.5) ** 2,
    gradient: ([x, y]: Float32Array) => [2 * (x - 1), 8 * (y + 0.5)],
    bound: 1e-4,
  },
  rosenbrock: {
    start: [-1, 1],
    shape: [2, 1] as const,
    loss: ([x, y]: Float32Array) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    gradient: ([x, y]: Float32Array) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
    bound: 1e-2,
  },
}

const wanted = [0.5, -1, 0.25, 1.5, -0.5, 0]
const lengths = [1, 3, 0.3]

/** ½‖A·(X − X*)‖², X `[3, 2]`, the columns of A of lengths that differ tenfold; weight decay does not keep X off X*. */
export const leastSquares = {
  start: [0, 0, 0, 0, 0, 0],
  shape: [3, 2] as const,
  loss: (x: Float32Array) =>
    x.reduce((sum, v, i) => sum + (lengths[Math.floor(i / 2)] * (v - wanted[i])) ** 2 / 2, 0),
  gradient: (x: Float32Array) =>
    Array.from(x, (v, i) => lengths[Math.floor(i / 2)] ** 2 * (v - wanted[i])),
  bound: 1e-2,
}
