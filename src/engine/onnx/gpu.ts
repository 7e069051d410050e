import { type Node, topologicalOrder } from '../../graph/index.ts'
import type { Handle, OrtApi } from './c-api.ts'
import { takesAddend } from './lowering/matmul.ts'

/** Execution providers of ONNX Runtime that compute on a GPU. */
export type GpuProvider = 'webgpu' | 'cuda'

/**
 * Lets a session use the GPU.
 *
 * @throws Error where the provider or a driver is missing
 */
export const addGpu: Readonly<Record<GpuProvider, (api: OrtApi, options: Handle) => void>> = {
  webgpu(api, options) {
    api.call('SessionOptionsAppendExecutionProvider', options, 'WebGPU', [], [], 0)
  },
  cuda(api, options) {
    const cuda = api.make('CreateCUDAProviderOptions')
    try {
      const settings = {
        // The default rounds the factors of products to ten bits.
        use_tf32: '0',
        arena_extend_strategy: 'kSameAsRequested',
      }
      const [keys, values] = [Object.keys(settings), Object.values(settings)]
      api.call('UpdateCUDAProviderOptions', cuda, keys, values, keys.length)
      api.call('SessionOptionsAppendExecutionProvider_CUDA_V2', options, cuda)
    } finally {
      api.release('ReleaseCUDAProviderOptions', cuda)
    }
  },
}

/**
 * Whether a graph gains from the GPU although its inputs and results cross the bus in every run: it multiplies
 * matrices, and carries no cache that would cross with every token.
 */
export function suitsGpu(outputs: Readonly<Record<string, Node>>): boolean {
  const order = topologicalOrder(Object.values(outputs))
  return order.some(takesAddend) && !order.some(({ op }) => op.carriesState)
}
