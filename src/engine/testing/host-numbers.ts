import type { TypedArray } from '../engine.ts'
import { hostArray } from '../host-memory.ts'
import type { DeviceBuffer } from '../memory.ts'

/** The array that a CPU engine's float32 buffer is, for tests that look and write at once. */
export function hostNumbers(
  buffer: DeviceBuffer | TypedArray | undefined,
): Float32Array<ArrayBuffer> {
  if (!buffer) throw new Error('expected a buffer, got none')
  return hostArray(buffer) as Float32Array<ArrayBuffer>
}
