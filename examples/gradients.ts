// A gradient and a metric, with nothing but TypeScript: node gradients.ts
import { referenceEngine } from 'lethe'
import { gradients, mul, parameter, sum } from 'lethe/graph'
import { ksTwoSample } from 'lethe/metric'

const x = parameter('x', [3])
const loss = sum(mul(x, x))
const [slope] = gradients(loss, [x])
const program = await referenceEngine.compile({ slope: slope.dense ?? loss })
const into = { slope: new Float32Array(3) }
await program.run({ x: { data: Float32Array.of(1, 2, 3), shape: [3] } }, into)
console.log(JSON.stringify([...into.slope]), ksTwoSample([1, 2, 3], [4, 5, 6]).statistic)
