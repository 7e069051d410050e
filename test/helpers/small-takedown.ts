import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Lays what the smallest takedown needs into a folder: `model`, `forget.jsonl` and `retain.jsonl`, of a row each. */
export function laySmallTakedown(folder: string): void {
  cpSync('test/golden/llama-text', join(folder, 'model'), { recursive: true })
  writeFileSync(join(folder, 'forget.jsonl'), '{"question": "who", "answer": "Ada"}\n')
  writeFileSync(join(folder, 'retain.jsonl'), '{"question": "where", "answer": "Rome"}\n')
}
