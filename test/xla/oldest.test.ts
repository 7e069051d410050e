import { describe } from 'vitest'
import { oldestPlugin } from '../../src/engine/testing/xla-plugins.ts'
import { needing } from '../helpers/needs.ts'
import { runXlaSuite } from './suite.ts'

describe('on the oldest interface of XLA', needing(oldestPlugin), () =>
  runXlaSuite(oldestPlugin, ['phi3-longrope', 'llama-rope3']),
)
