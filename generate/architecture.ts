import { markdownTable } from '../src/report/markdown-table.ts'
import { levels } from './rooms.ts'

/** The content of `docs/architecture.md`. */
export function architectureMarkdown(): string {
  const lines = levels.flatMap((rooms, level) =>
    rooms.map(({ name, purpose, pure }) => [
      String(level),
      name === '.' ? '`src/*.ts`' : `[\`${name}/\`](../src/${name})`,
      `${purpose}.`,
      pure ? 'yes' : '',
    ]),
  )
  return `# Architecture

Made by \`npm run generate\` from the levels that \`test/imports.test.ts\` holds ([generate/rooms.ts](../generate/rooms.ts)).

## The main road

\`\`\`
recipe.yaml ─► recipe/ ─► job/ ─► run/ ─► train/ ─► checkpoint/ ─► measure/ ─► report/
  a text       checked    where   plan,   steps     the model      records,    a page,
               and whole  it was  data    (below)   in a folder    metrics     a card

a step:  data/ batches ─► parts/loss on model/ ─► graph/ gradients ─► engine/
           ─► parts/combine ─► parts/optim ─► guards
\`\`\`

A recipe becomes a checked, complete value (\`recipe/\`). A job performs it in its folder and goes on where it was stopped
(\`job/\`). A run plans memory and time, trains, writes the model, reads it back and measures what was read (\`run/\`). In a step, the
losses of the method are nodes of one graph together with the model; the engine runs it and gives the gradient of each group, forget
and retain; a combiner makes one direction of them, and an optimiser changes the weights. Everything that is shown later, report,
comparison, model card, studio and leaderboards, is a function of the files in the run's folder.

## Rooms

A folder of \`src/\` is a room. A file may import from rooms of its own level and from lower ones, never from a higher one, and rooms
of one level do not import each other in a circle. What a browser runs too reaches nothing of Node.

${markdownTable({ header: ['level', 'room', 'what is in it', 'browser'], lines }, 'left')}
Beside \`src/\`: \`web/\` (the playground), \`recipes/\` (ready recipes), \`assets/\` (the demo's model and data), \`generate/\` (what
\`npm run generate\` writes), \`scripts/\` (what the build does beside compiling), \`reference/\` (golden values made with PyTorch), \`bench/\` (measurements by hand), \`test/\` (tests that
cross rooms; the others stand beside what they test).

## Where to go on

- What to touch to add a loss, a method, a metric, a benchmark, an architecture: [CONTRIBUTING.md](../CONTRIBUTING.md).
- Why it is like this: [decisions.md](decisions.md), by room.
- What was tried and measured: [log.md](log.md).
`
}
