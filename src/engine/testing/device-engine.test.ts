import { referenceEngine } from '../reference.ts'
import { runEngineConformance } from './conformance.ts'
import { createDeviceEngine } from './device-engine.ts'

runEngineConformance({
  name: 'an engine whose buffers are no arrays',
  makeEngine: () => createDeviceEngine(referenceEngine),
  skip: [
    {
      reason: 'it is plain JavaScript on the calling thread, for tests only',
      cases: ['the event loop stays free during a run'],
    },
    {
      reason: 'the engine inside is one value for everybody and holds nothing to free',
      cases: ['a disposed engine has disposed its programs'],
    },
  ],
})
