import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../files/package.ts'
import { runCaptured } from '../testing/terminal.ts'

const cwd = mkdtempSync(join(tmpdir(), 'lethe-chat-'))
const model = join(packageRoot(), 'assets', 'lethe-tiny')
afterAll(() => rmSync(cwd, { recursive: true }))

const chat = (...flags: string[]) => runCaptured(['chat', model, ...flags], { cwd })
function questions(...records: object[]): void {
  const lines = records.map((record) => `${JSON.stringify(record)}\n`)
  writeFileSync(join(cwd, 'questions.jsonl'), lines.join(''))
}

const question = 'When was Loruna Nettlebeck born?'
const answer = '28 March 1972'

describe('lethe chat', () => {
  test('answers each question of a file, beside the file’s own answer', async () => {
    questions({ question, answer: 'in spring' }, { question: 'Who was she?', answer: 'A poet' })
    const { code, out, err } = await chat('--file', 'questions.jsonl', '--max-new-tokens', '12')
    expect([code, err]).toEqual([0, `opening ${model} …\n`])
    expect(out).toMatch(
      new RegExp(
        `^> ${question.replace('?', '\\?')}\n${answer}\n {2}in the file: in spring\n> Who`,
      ),
    )
    const json = await chat('--file', 'questions.jsonl', '--json', '--max-new-tokens', '12')
    const lines = json.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toEqual([
      { question, answer, reference: 'in spring' },
      { question: 'Who was she?', answer: expect.any(String), reference: 'A poet' },
    ])
    questions({ question })
    expect((await chat('--file', 'questions.jsonl')).out).toBe(`> ${question}\n${answer}\n`)
  })

  test('--system is a system message before the first', async () => {
    const system = 'Where was Wilessa Larkshaw born?'
    questions({
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: question },
        { role: 'assistant', content: '?' },
      ],
    })
    const own = await chat('--file', 'questions.jsonl', '--json')
    const told = await chat('--prompt', question, '--system', system, '--json')
    expect(JSON.parse(told.out).answer).toBe(JSON.parse(own.out).answer)
    questions({ question })
    const both = await chat('--file', 'questions.jsonl', '--system', system, '--json')
    expect(JSON.parse(both.out).answer).toBe(JSON.parse(own.out).answer)
  })

  test('a bad file is refused before the model is read', async () => {
    const { code, err } = await runCaptured(['chat', 'nowhere', '--file', 'gone.jsonl'], { cwd })
    expect(code).toBe(2)
    expect(err).toMatch(/nowhere|gone\.jsonl: expected a readable/)
    expect((await chat('--file', 'gone.jsonl')).err).toMatch(/gone\.jsonl: expected a readable/)
    expect((await chat('--file', 'x.jsonl', '--prompt', 'Who?')).err).toContain(
      'expected only one of two options',
    )
  })
})
