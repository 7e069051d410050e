// A model forgets, from a program: node takedown.ts <model> <forget.jsonl> <retain.jsonl> <folder>
import { builtIn, createRegistry, loadModel, run } from 'lethe'
import { meanProbability } from './own-loss.ts'

const [model, forget, retain, folder] = process.argv.slice(2)
const registry = createRegistry({ losses: [...builtIn.losses, meanProbability] })
const { outcome } = await run(
  {
    model,
    forget: { path: forget, limit: 8 },
    retain: { path: retain, limit: 8 },
    method: { id: 'blur', forgetLoss: 'mean-probability' },
    train: { steps: 2, epochs: null, batchSize: 4, learningRate: 1e-4 },
    evaluate: { maxNewTokens: 4 },
    output: folder,
  },
  { registry, replace: true, onEvent: ({ type, step }) => console.error(type, step) },
)
const forgotten = await loadModel(`${folder}/model`, { maxNewTokens: 8 })
console.log(JSON.stringify({ outcome, answer: await forgotten.answer('Where was she born?') }))
forgotten.close()
