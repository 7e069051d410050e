/**
 * Lethe's side of check_gguf_export.py: tokens of texts, and greedy answers with the logits that they begin from.
 *
 *   node dist/reference/gguf-side.js <model folder or GGUF file> <asked.json> <answers.json>
 */
import { readFile, writeFile } from 'node:fs/promises'
import { createEngine } from '../src/engine/node-engine.ts'
import { valuesFor } from '../src/engine/ports.ts'
import { createGenerator } from '../src/model/generate.ts'
import { headLogits } from '../src/model/head.ts'
import { graphWeights } from '../src/model/weights.ts'
import { sequenceInputs } from '../src/train/objective.ts'
import { openModel, openSession } from '../src/train/session.ts'

interface Asked {
  texts: string[]
  questions: string[]
  /** prompts as tokens, for models without a vocabulary of their own */
  tokens: number[][]
  steps: number
}

const [path, askedFile, answersFile] = process.argv.slice(2)
const { texts, questions, tokens, steps }: Asked = JSON.parse(await readFile(askedFile, 'utf8'))
const engine = await createEngine()
const session = await openSession(engine, await openModel(path), null)
const { model, store, tokenizer, inputs } = session
const prompts = [
  ...questions.map((content) =>
    tokenizer.hasChatTemplate
      ? tokenizer.encode(
          tokenizer.applyChatTemplate([{ role: 'user', content }], { addGenerationPrompt: true }),
          { addSpecialTokens: false },
        )
      : tokenizer.encode(content),
  ),
  ...tokens.map((list) => Int32Array.from(list)),
]
const weights = graphWeights(model)
const generator = await createGenerator({ engine, model, weights, values: store.tensors })
const answers = []
const program = await engine.compile({
  logits: headLogits(model, weights, model.hidden(weights, sequenceInputs(model))),
})
for (const prompt of prompts) {
  const [greedy] = await generator.generate([prompt], {
    ...{ maxNewTokens: steps, temperature: 0, topP: 1, seed: 0 },
    stopTokens: [],
  })
  const { labels: _, ...batch } = inputs.batch({
    ...{ batch: 1, seq: prompt.length, tokens: prompt, examples: new Int32Array(1) },
    rows: Int32Array.of(prompt.length - 1),
    ...{ labels: new Int32Array(1), sequenceOf: new Int32Array(1) },
  })
  const logits = new Float32Array(model.vocab)
  await program.run({ ...valuesFor(program, store.tensors), ...batch }, { logits })
  answers.push({ prompt: [...prompt], greedy: [...greedy], logits: [...logits] })
}
program.dispose()
await writeFile(
  answersFile,
  JSON.stringify({
    tokens: texts.map((text) => [...tokenizer.encode(text)]),
    answers,
  }),
)
engine.dispose()
