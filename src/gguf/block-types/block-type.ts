/** A way in which GGUF stores the values of a tensor: blocks of a fixed number of values in a fixed number of bytes. */
export interface BlockType {
  /** As llama.cpp writes it, `Q4_K`. */
  readonly name: string
  /** The number in the file. */
  readonly id: number
  readonly blockValues: number
  readonly blockBytes: number
  /**
   * Reads whole blocks.
   *
   * @param bytes   `[blocks · blockBytes]`
   * @param values  `[blocks · blockValues]` float32, filled in; each operation of the formula is rounded to float32, as
   *   llama.cpp and the `gguf` package do
   */
  decode(bytes: Uint8Array, values: Float32Array): void
}

/** A block type that is written, too. */
export interface WrittenBlockType extends BlockType {
  /**
   * Writes whole blocks: the bytes that the `gguf` package gives.
   *
   * @param values `[blocks · blockValues]`
   * @returns `[blocks · blockBytes]`; may be a view of `values`
   */
  encode(values: Float32Array): Uint8Array
}
