import { expect, test } from 'vitest'
import { benchmarks } from '../benchmark/benchmarks.ts'
import { originalFiles } from './prepare-job.ts'

test('the original model is trained on the file that a benchmark names, else on all that it forgets and keeps', () => {
  const files = { forget: 'forget.jsonl', retain: 'retain.jsonl', template: null }
  const of = (id: string) => originalFiles(benchmarks.get(id)!, 'data', files)
  expect(of('tofu/forget05')).toEqual(['data/full.json'])
  expect(of('lume/task2')).toEqual(['forget.jsonl', 'retain.jsonl'])
})
