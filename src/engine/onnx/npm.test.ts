import { runEngineConformance } from '../testing/conformance.ts'
import { runLeakTests } from '../testing/leaks.ts'
import { createNpmEngine } from './npm.ts'

runEngineConformance({
  name: 'onnx-npm',
  makeEngine: () => createNpmEngine(),
  skip: [
    {
      reason: 'the package runs the session on the calling thread',
      cases: ['the event loop stays free during a run'],
    },
  ],
})

runLeakTests('onnx-npm', () => createNpmEngine())
