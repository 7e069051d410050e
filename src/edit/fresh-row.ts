import { gaussian } from '../math/random.ts'

/**
 * A matrix with one row a token, with a fresh row for a new one: `μ_j + σ_j·n_j`, the mean and standard deviation of each
 * column, so that the row is like the others but not among them.
 *
 * The mean alone would be useless as a row of the head: no logit of it can ever be the largest.
 *
 * @param matrix `[rows, width]`
 * @param token  at most `rows`; a row that is there is overwritten
 * @param stream names the draw
 * @returns `[max(rows, token + 1), width]`
 */
export function withFreshRow(
  matrix: Float32Array,
  width: number,
  token: number,
  seed: number,
  stream: string,
): Float32Array {
  const rows = matrix.length / width
  const grown = new Float32Array(Math.max(rows, token + 1) * width)
  grown.set(matrix)
  for (let j = 0; j < width; j++) {
    let mean = 0
    for (let row = 0; row < rows; row++) mean += matrix[row * width + j] / rows
    let variance = 0
    for (let row = 0; row < rows; row++) variance += (matrix[row * width + j] - mean) ** 2 / rows
    grown[token * width + j] = mean + Math.sqrt(variance) * gaussian(seed, ['fresh-row', stream], j)
  }
  return grown
}
