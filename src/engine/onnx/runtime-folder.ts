import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { packageRoot } from '../../files/package.ts'

/**
 * The folder of the npm package onnxruntime-node, or of the copy that Lethe's own package ships.
 *
 * An installed one goes first, since it may have CUDA's files beside it, but only of the version that is shipped:
 * another package's older one would compute other bits.
 */
export function runtimeFolder(): string {
  const shipped = join(packageRoot(), 'vendor', 'onnxruntime-node')
  const installed = installedFolder()
  if (!existsSync(shipped)) {
    if (!installed)
      throw new Error('internal: neither vendor/ nor node_modules has onnxruntime-node')
    return installed
  }
  return installed && versionIn(installed) === versionIn(shipped) ? installed : shipped
}

/** The version of ONNX Runtime that runs. */
export function runtimeVersion(): string {
  return versionIn(runtimeFolder())
}

function installedFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
  } catch {
    return null
  }
}

function versionIn(folder: string): string {
  const text = readFileSync(join(folder, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
