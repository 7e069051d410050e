import { resolve } from 'node:path'
import { modelName } from '../../checkpoint/model-name.ts'
import { UserError } from '../../error.ts'
import { packageVersion } from '../../files/package.ts'
import { hasCard, type ModelToPush, modelToPush } from '../../hub/push-files.ts'
import { bytesText } from '../../units.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Sends weights, settings, tokenizer and model card, nothing else that lies in the folder, in one
commit: until all is there, nothing shows. A repository that is not there is made. HF_ENDPOINT names
another hub.

Examples:
  $ lethe push runs/takedown --to me/takedown --dry-run
  $ lethe push runs/takedown --to me/takedown --private
  $ lethe push ./my-model --to my-team/model --token-env TEAM_TOKEN`

interface Flags {
  to: string
  private?: true
  tokenEnv: string
  replace?: true
  dryRun?: true
  json?: true
}

export const command: CommandModule = {
  define(command, terminal) {
    const { cwd, env, out, err } = terminal
    command
      .argument('<folder>', 'A Hugging Face model folder, or a run folder.')
      .requiredOption('--to <owner/name>', 'The repository.')
      .option('--private', 'Make the repository private; refuses one that is public.')
      .option('--token-env <name>', 'The environment variable that holds the token.', 'HF_TOKEN')
      .option('--replace', 'Delete weights of another model that are in the repository.')
      .option('--dry-run', 'Say what would be sent, and stop; no network.')
      .addHelpText('after', help)
      .action(async (path: string, flags: Flags) => {
        checkRepository(flags.to)
        const endpoint = (env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '')
        const model = await modelToPush(resolve(cwd, path))
        const { files, leftOut, bytes } = model
        const url = `${endpoint}/${flags.to}`
        const summary = {
          repository: flags.to,
          url,
          files: files.map(({ name, bytes }) => ({ name, bytes })),
          bytes,
          leftOut,
        }
        if (flags.dryRun) {
          if (flags.json) printJson({ ok: true, dryRun: true, ...summary }, terminal)
          else out.write(`${description(model)}would be sent to ${url}\n`)
          return
        }
        const token = tokenFrom(env, flags.tokenEnv, endpoint)
        err.write(`${description(model)}sending to ${url}\n`)
        const { pushModel } = await import('../../hub/push-model.ts')
        const pushed = await pushModel(
          model,
          {
            repository: flags.to,
            endpoint,
            token,
            isPrivate: flags.private ?? false,
            replace: flags.replace ?? false,
            title: `Upload ${modelName(model.folder)} with Lethe ${packageVersion()}`,
          },
          (line) => err.write(`  ${line}\n`),
        )
        if (flags.json) printJson({ ok: true, ...summary, ...pushed }, terminal)
        else out.write(`${pushed.url}\n`)
      })
  },
}

function description(model: ModelToPush): string {
  const { files, leftOut, bytes } = model
  const width = Math.max(...files.map(({ name }) => name.length))
  const lines = files.map(
    ({ name, bytes }) => `  ${name.padEnd(width)}  ${bytesText(bytes).padStart(10)}`,
  )
  if (leftOut.length > 0) lines.push(`  not sent: ${leftOut.join(', ')}`)
  if (!hasCard(model)) lines.push('  no README.md: the repository gets no model card')
  lines.push(`${files.length} files, ${bytesText(bytes)}, `)
  return lines.join('\n')
}

function checkRepository(name: string): void {
  if (/^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(name)) return
  throw new UserError({
    code: 'bad-hub-name',
    path: '--to',
    expected: 'owner/name',
    got: name,
  })
}

/** The token, which no message may repeat. */
function tokenFrom(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  endpoint: string,
): string {
  if (name.startsWith('hf_'))
    throw new UserError({
      code: 'bad-token',
      path: '--token-env',
      expected: 'the name of an environment variable',
      got: 'what looks like a token',
      hint: 'A command line can be read by others: put it into HF_TOKEN, and revoke this one if it was shown',
    })
  const token = env[name]?.trim()
  if (token?.startsWith('hf_')) return token
  throw new UserError({
    code: 'no-token',
    path: '--token-env',
    expected: `a token with write access in ${name}, which begins with hf_`,
    got: token ? 'something else' : 'nothing',
    hint: `Make one at ${endpoint}/settings/tokens, then: export ${name}=hf_…`,
  })
}
