import { koffi } from '../../files/native-calls.ts'

/** Zeroed memory outside JavaScript, seen through a `DataView`; it stays where it is until `free`. */
export class Native {
  readonly address: bigint
  readonly view: DataView
  readonly #pointer: unknown

  constructor(bytes: number) {
    // Nothing to point at is no address.
    const size = Math.max(bytes, 8)
    this.#pointer = koffi.alloc('uint8_t', size)
    this.address = koffi.address(this.#pointer)
    this.view = new DataView(koffi.view(this.#pointer, size))
    new Uint8Array(this.view.buffer).fill(0)
  }

  static ofBytes(bytes: Uint8Array): Native {
    const native = new Native(bytes.length)
    new Uint8Array(native.view.buffer).set(bytes)
    return native
  }

  static ofText(text: string): Native {
    return Native.ofBytes(new TextEncoder().encode(text))
  }

  static ofWords(words: readonly (bigint | number)[]): Native {
    const native = new Native(words.length * 8)
    for (const [i, word] of words.entries()) native.setWord(i * 8, word)
    return native
  }

  word(at: number): bigint {
    return this.view.getBigUint64(at, true)
  }

  setWord(at: number, value: bigint | number): void {
    this.view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true)
  }

  free(): void {
    koffi.free(this.#pointer)
  }
}

/** Bytes of memory that somebody else owns, copied. */
export function bytesAt(address: bigint, size: bigint | number): Uint8Array<ArrayBuffer> {
  if (Number(size) === 0) return new Uint8Array(0)
  return new Uint8Array(koffi.view(address, Number(size)).slice(0))
}

export function textAt(address: bigint, size: bigint): string {
  return new TextDecoder().decode(bytesAt(address, size))
}

export function wordsAt(address: bigint, count: bigint): bigint[] {
  return [...new BigUint64Array(bytesAt(address, count * 8n).buffer)]
}

/** The address of an array's numbers, which stay there as long as the array does. */
export function addressOf(array: ArrayBufferView): bigint {
  // Small arrays live on the moving heap until their buffer is asked for.
  void array.buffer
  return koffi.address(array)
}
