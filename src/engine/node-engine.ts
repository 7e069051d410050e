import { UserError } from '../error.ts'
import type { Engine } from './engine.ts'

const devices = ['cpu', 'cuda', 'webgpu'] as const
type Device = (typeof devices)[number]

/**
 * The fastest engine this Node can run: ONNX Runtime through FFI, else through its npm package.
 *
 * @param options.device  where training and scoring run, from LETHE_DEVICE unless given; generation stays on the CPU
 * @throws UserError for an unknown device. A GPU that cannot be had is an error of `compile`: nobody should wait for a slow run
 *   unawares
 */
export async function createEngine(
  options: { threads?: number; device?: Device } = {},
): Promise<Engine> {
  const { device = deviceOf(process.env.LETHE_DEVICE), threads } = options
  if (device !== 'cpu') {
    const { createFfiEngine } = await import('./onnx/ffi.ts')
    const { suitsGpu } = await import('./onnx/gpu.ts')
    return createFfiEngine({ threads, gpu: { provider: device, takes: suitsGpu } })
  }
  try {
    const { createFfiEngine } = await import('./onnx/ffi.ts')
    return createFfiEngine({ threads })
  } catch {
    const { createNpmEngine } = await import('./onnx/npm.ts')
    return createNpmEngine({ threads })
  }
}

function deviceOf(name: string | undefined): Device {
  if (!name) return 'cpu'
  const device = devices.find((known) => known === name)
  if (device) return device
  throw new UserError({
    code: 'unknown-device',
    path: 'LETHE_DEVICE',
    expected: devices.join(', '),
    got: name,
  })
}
