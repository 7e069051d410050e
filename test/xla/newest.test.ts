import { describe } from 'vitest'
import { newestPlugin } from '../../src/engine/testing/xla-plugins.ts'
import { needing } from '../helpers/needs.ts'
import { runXlaSuite } from './suite.ts'

describe('on the newest interface of XLA', needing(newestPlugin), () =>
  runXlaSuite(newestPlugin, ['gpt2-tied', 'gemma3-local', 'olmo2-gqa', 'llama-gqa-untied']),
)
