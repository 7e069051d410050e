import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { methodsMarkdown } from '../src/cli/methods-markdown.ts'
import type { Leaderboard } from '../src/compare/leaderboard.ts'
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
  const notes = `${root}/docs/results/${name}.notes.md`
  const parts = {
    figure: `${name}.svg`,
    notes: existsSync(notes) ? readFileSync(notes, 'utf8') : null,
  }
  return [
    [`docs/results/${name}.md`, leaderboardMarkdown(board.benchmark, board, parts)],
    [`docs/results/${name}.svg`, leaderboardChart(board.benchmark, board)],
  ]
}

function readBoards(root: string): NamedBoard[] {
  const folder = `${root}/docs/results`
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      name: file.replace(/\.json$/, ''),
      board: JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Leaderboard,
    }))
}
