/** Holds a folder until it is killed; run as a process of its own. */
import { holdFolder } from '../hold-folder.ts'

await holdFolder(process.argv[2] ?? '.', async () => {
  console.log('held')
  await new Promise((done) => setTimeout(done, 60_000))
})
