import { createNpmEngine } from '../src/engine/onnx/npm.ts'
import { runLossTests } from './helpers/loss-suite.ts'

runLossTests(() => createNpmEngine({ threads: 2 }))
