/** How a parameter starts when a model is trained from nothing; `residual` writes into the residual stream. */
export type Initial = 'normal' | 'residual' | 'zeros' | 'ones'

/** Collects a model's stored tensors by their Hugging Face names. */
export class Layout {
  readonly parameters = new Map<string, readonly number[]>()
  readonly initial = new Map<string, Initial>()
  readonly linears: string[] = []

  tensor(name: string, shape: readonly number[], initial: Initial): void {
    this.parameters.set(name, shape)
    this.initial.set(name, initial)
  }

  /** A layer `x · weightᵀ + bias` that can carry an adapter. */
  linear(
    name: string,
    [outputs, inputs]: readonly [number, number],
    { bias, residual = false }: { bias: boolean; residual?: boolean },
  ): void {
    this.tensor(`${name}.weight`, [outputs, inputs], residual ? 'residual' : 'normal')
    if (bias) this.tensor(`${name}.bias`, [outputs], 'zeros')
    this.linears.push(name)
  }

  /** A LayerNorm's weight and bias. */
  layerNorm(name: string, dim: number): void {
    this.tensor(`${name}.weight`, [dim], 'ones')
    this.tensor(`${name}.bias`, [dim], 'zeros')
  }
}
