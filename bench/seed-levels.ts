import { type AlikeMethods, falseDifferences } from '../src/measure/testing/alike-methods.ts'

const setting = { trials: 1000, rows: 60, resamples: 80, rowSpread: 0.03 }
const cases = [1, 2, 3, 5].flatMap((seeds) =>
  [0.01, 0.03].flatMap((seedSpread) =>
    [0.03, 0.2].map((noise): AlikeMethods => ({ ...setting, seeds, seedSpread, noise })),
  ),
)

/** How often `lethe compare` tells two methods apart that do not differ, by seeds and spreads. */
export async function run(json: boolean): Promise<void> {
  const rates = []
  for (const each of cases) {
    const { seeds, seedSpread, noise } = each
    const rate = falseDifferences(each)
    rates.push({ seeds, seedSpread, noise, rate })
    if (!json)
      process.stdout.write(
        `${seeds} seeds, spread ${seedSpread}, noise of rows ${noise}: ${(100 * rate).toFixed(1)} % told apart\n`,
      )
  }
  if (json) process.stdout.write(`${JSON.stringify({ setting, rates })}\n`)
}
