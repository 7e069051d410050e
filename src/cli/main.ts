#!/usr/bin/env node
import { watchOutput } from './closed-output.ts'
import { runCli } from './run-cli.ts'
import { processTerminal } from './terminal.ts'

watchOutput(process)
process.exitCode = await runCli(process.argv.slice(2), processTerminal())
