/** How a parameter starts when a model is trained from nothing; `residual` writes into the residual stream. */
export type Initial = 'normal' | 'residual' | 'zeros' | 'ones'

/** Collects a model's stored tensors by their Hugging Face names. */
export class Layout {
  readonly parameters = new Map<string, readonly number[]>()
  readonly initial = new Map<string, Initial>()
  readonly linears: string[] = []
  readonly transposed = new Set<string>()

  tensor(name: string, shape: readonly number[], initial: Initial): void {
    this.parameters.set(name, shape)
    this.initial.set(name, initial)
  }

  /** A layer `x · weightᵀ + bias` that can carry an adapter; its weight may be stored the other way round. */
  linear(
    name: string,
    [outputs, inputs]: readonly [number, number],
    {
      bias,
      residual = false,
      transposed = false,
    }: { bias: boolean; residual?: boolean; transposed?: boolean },
  ): void {
    const shape = transposed ? [inputs, outputs] : [outputs, inputs]
    if (transposed) this.transposed.add(name)
    this.tensor(`${name}.weight`, shape, residual ? 'residual' : 'normal')
    if (bias) this.tensor(`${name}.bias`, [outputs], 'zeros')
    this.linears.push(name)
  }

  /** A LayerNorm's weight and bias. */
  layerNorm(name: string, dim: number): void {
    this.tensor(`${name}.weight`, [dim], 'ones')
    this.tensor(`${name}.bias`, [dim], 'zeros')
  }
}
