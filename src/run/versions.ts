import { createRequire } from 'node:module'
import { packageVersion } from '../files/package.ts'

/** What made a run: name → version. */
export function versions(): Record<string, string> {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as {
    version: string
  }
  return { lethe: packageVersion(), node: process.versions.node, 'onnxruntime-node': version }
}
