// A benchmark and a metric of one's own, measured: node own-benchmark.ts <model> <folder of rows.jsonl> <output>
import { builtIn, createRegistry, defineBenchmark, evaluate } from 'lethe'
import { answerLength } from './own-metric.ts'

const benchmark = defineBenchmark({
  id: 'own',
  title: 'Own questions',
  sets: {
    asked: {
      file: 'rows.jsonl',
      texts: { answer: 'answer' },
      generate: { maxNewTokens: 8, reference: 'answer' },
    },
  },
  metrics: {
    'asked.probability': { kind: 'probability', better: 'lower', options: { set: 'asked' } },
    'asked.length': { kind: 'answer-length', better: 'higher', options: { set: 'asked' } },
  },
  ranking: { forget: 'asked.probability', utility: 'asked.length' },
})
const registry = createRegistry({ metrics: [...builtIn.metrics, answerLength] })
const [model, data, folder] = process.argv.slice(2)
const evaluated = await evaluate(model, { benchmark, registry, data, folder, limit: 4 })
console.log(JSON.stringify(evaluated?.results.map(({ key, value }) => [key, value])))
