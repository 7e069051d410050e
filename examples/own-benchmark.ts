// A benchmark of one's own, measured: node own-benchmark.ts <model> <folder of rows.jsonl> <output>
import { defineBenchmark, evaluate } from 'lethe'

const benchmark = defineBenchmark({
  id: 'own',
  title: 'Own questions',
  sets: { asked: { file: 'rows.jsonl', texts: { answer: 'answer' } } },
  metrics: {
    'asked.probability': { kind: 'probability', better: 'lower', options: { set: 'asked' } },
  },
  ranking: {
    forget: 'asked.probability',
    utility: 'asked.probability',
    score: 'asked.probability',
  },
})
const [model, data, folder] = process.argv.slice(2)
const evaluated = await evaluate(model, { benchmark, data, folder, limit: 4 })
console.log(JSON.stringify(evaluated?.results.map(({ key, value }) => [key, value])))
