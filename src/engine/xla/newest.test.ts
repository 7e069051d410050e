import { describe } from 'vitest'
import { needing } from '../../../test/helpers/needs.ts'
import { runEngineConformance } from '../testing/conformance.ts'
import { createTestXla, newestPlugin } from '../testing/xla-plugins.ts'

describe('the newest interface', needing(newestPlugin), () => {
  runEngineConformance({
    name: 'xla',
    makeEngine: () => createTestXla(newestPlugin),
    flushesSubnormals: true,
  })
})
