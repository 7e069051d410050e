import { referenceEngine } from './reference.ts'
import { runEngineConformance } from './testing/conformance.ts'

runEngineConformance({
  name: 'reference',
  makeEngine: () => referenceEngine,
  skip: [
    {
      reason: 'it is plain JavaScript on the calling thread, for tests only',
      cases: ['the event loop stays free during a run'],
    },
    {
      reason: 'it is one value for everybody and holds nothing to free',
      cases: ['a disposed engine has disposed its programs'],
    },
  ],
})
