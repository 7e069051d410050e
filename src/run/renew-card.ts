import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '../files/atomic.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { hubNameOf } from '../hub/hub-cache.ts'
import { parseYaml } from '../recipe/yaml.ts'
import { readEvaluations } from './evaluations.ts'
import { readEvents } from './event-log.ts'
import { measuredGgufs } from './gguf-files.ts'
import { readMetrics } from './metrics-file.ts'
import { modelCard } from './model-card.ts'
import type { RunFolder } from './run-folder.ts'

/** Writes the card of a finished unlearning run anew, from its folder, with the evaluations that came since. */
export async function renewModelCard(folder: RunFolder): Promise<void> {
  const events = readEvents(folder.events)
  const started = events.find((event) => event.type === 'run.started')
  const place = events.findLastIndex(
    (event) => event.type === 'checkpoint.saved' && event.kind === 'model',
  )
  const exported = events[place]
  if (!started || exported?.type !== 'checkpoint.saved' || !existsSync(folder.recipe)) return
  const recipe = readBoundedText(folder.recipe)
  const { model } = parseYaml(recipe, folder.recipe) as { model: string }
  const guards = events
    .slice(place)
    .flatMap((event) => (event.type === 'guard.tripped' ? [event.reason] : []))
  const card = modelCard({
    name: folder.name,
    started,
    baseModel: hubNameOf(model),
    finishedAt: exported.ts,
    recipe,
    metrics: existsSync(folder.metrics) ? readMetrics(folder.metrics) : null,
    evaluations: readEvaluations(folder),
    ggufs: measuredGgufs(folder),
    check: exported.check,
    guards,
  })
  await writeFileAtomic(join(folder.model, 'README.md'), card)
}
