import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { methodsMarkdown } from '../src/cli/methods-markdown.ts'
import { partsBeside, readLeaderboard } from '../src/job/board-file.ts'
import { recipeJsonSchemas } from '../src/recipe/json-schema.ts'
import { leaderboardChart, leaderboardMarkdown } from '../src/report/leaderboard-page.ts'
import { demoFiles } from '../web/people/files.ts'
import { architectureMarkdown } from './architecture.ts'
import type { NamedBoard } from './board-facts.ts'
import { resultsMarkdown } from './results-page.ts'

/**
 * Every file that is made of others: path, from the repository's folder, to content.
 *
 * @param root path of the repository; the boards' JSON files and notes are read from it
 */
export function outputs(root: string): Map<string, string> {
  const boards = readBoards(root)
  return new Map([
    ...Object.entries(recipeJsonSchemas()).map(([name, schema]): [string, string] => [
      `schema/${name}.json`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
    ...[...demoFiles()].map(([name, text]): [string, string] => [`assets/demo/${name}`, text]),
    ['docs/methods.md', methodsMarkdown()],
    ['docs/architecture.md', architectureMarkdown()],
    ['docs/results/README.md', resultsMarkdown(boards)],
    ...boards.flatMap((each) => boardFiles(root, each)),
  ])
}

function boardFiles(root: string, { name, board }: NamedBoard): [string, string][] {
  const base = `docs/results/${name}`
  const parts = partsBeside(join(root, base))
  return [
    [`${base}.md`, leaderboardMarkdown(board.benchmark, board, parts)],
    [`${base}.svg`, leaderboardChart(board.benchmark, board)],
  ]
}

function readBoards(root: string): NamedBoard[] {
  const folder = join(root, 'docs/results')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      name: file.replace(/\.json$/, ''),
      board: readLeaderboard(join(folder, file)),
    }))
}
