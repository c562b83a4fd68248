import { parseArgs } from 'node:util'
import type { CoreClient } from '../../shared/contract/client.ts'
import { alerts, alertsList, alertsMute, alertsRules } from './alerts.ts'
import { hostsAnswer } from './answer.ts'
import { artifacts, readFiles } from './artifacts.ts'
import { autoscale } from './autoscale.ts'
import { backfill } from './backfill.ts'
import { backupNow, backupsList, backupsSet, backupsVerify, restore } from './backups.ts'
import { check } from './check.ts'
import { collect } from './collect.ts'
import type { Call, Command, Values, WorkspaceFolder } from './command.ts'
import { bugReport, doctor } from './doctor.ts'
import { exportFiles } from './export.ts'
import { fitGrowth, fitLoad } from './fit.ts'
import { forecast, runways } from './forecast.ts'
import { hostsAcceptKey, hostsAdd, hostsList, hostsRemove } from './hosts.ts'
import { planChoose, planList, planShow, verdict } from './plan.ts'
import { planCosts } from './plan-costs.ts'
import { planHistory, planRedo, planUndo } from './plan-history.ts'
import { auditExport, auditVerify, playbookCheck, playbookHandOver, playbookNew } from './playbook.ts'
import { prices, pricesRefresh, pricesRevert } from './prices.ts'
import { problemFrom } from './problem-from.ts'
import { providers } from './providers.ts'
import { reportComparison, reportFocus, reportPlan } from './report.ts'
import {
  journalExport,
  journalVerify,
  locks,
  locksBreak,
  playbooks,
  prove,
  run,
  runs,
  runsAgree,
  runsApprove,
  runsResume,
  runsSkip,
  runsStop,
  runsUndo,
} from './run.ts'
import { cheapestPath, compare } from './scenarios.ts'
import { serve } from './serve.ts'
import { type Streams, Terminal } from './terminal.ts'
import { UsageError } from './usage-error.ts'
import { whatIf } from './what-if.ts'
import { workspaceExport, workspaceImport } from './workspace.ts'

export const commands: readonly Command[] = [
  hostsList,
  hostsAdd,
  hostsRemove,
  hostsAcceptKey,
  hostsAnswer,
  collect,
  backfill,
  planList,
  planChoose,
  planShow,
  planCosts,
  planHistory,
  planUndo,
  planRedo,
  verdict,
  check,
  whatIf,
  compare,
  cheapestPath,
  reportPlan,
  reportComparison,
  reportFocus,
  autoscale,
  alertsList,
  alertsRules,
  alertsMute,
  alerts,
  fitGrowth,
  fitLoad,
  forecast,
  runways,
  exportFiles,
  artifacts,
  readFiles,
  pricesRefresh,
  pricesRevert,
  prices,
  providers,
  playbooks,
  playbookNew,
  playbookCheck,
  playbookHandOver,
  run,
  runsResume,
  runsStop,
  runsUndo,
  runsSkip,
  runsAgree,
  runsApprove,
  runs,
  locksBreak,
  locks,
  journalVerify,
  journalExport,
  auditVerify,
  auditExport,
  prove,
  backupNow,
  backupsVerify,
  backupsSet,
  backupsList,
  restore,
  workspaceExport,
  workspaceImport,
  doctor,
  bugReport,
  serve,
]

const everywhere = {
  json: { type: 'boolean' },
  workspace: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

export interface Surroundings {
  streams: Streams
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
  connect(workspace: string | undefined): Promise<{ core: CoreClient; close(): Promise<void> }>
  folder(workspace: string | undefined): WorkspaceFolder
}

/**
 * Runs `headroom WORDS...` and returns its exit code: 0 done (a verdict is always 0, whatever it says), 1 it failed or
 * what it ran did not succeed, 2 the command line is wrong. Errors go to stderr as fact and fix, with --json as
 * `{"problem":{...}}`.
 */
export async function program(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { streams } = surroundings
  const command = commands.find((one) => one.words.every((word, index) => words[index] === word))
  if (!command) {
    const asked = words.length === 0 || words.includes('--help') || words.includes('-h') || words[0] === 'help'
    const known = asked ? '' : `There is no command "${words.slice(0, 2).join(' ')}".\n`
    const to = asked ? streams.output : streams.errors
    to.write(`${known}${help()}`)
    return asked ? 0 : 2
  }
  let json = false
  try {
    const { values, positionals } = parse(command, words)
    json = values.json === true
    if (values.help === true) {
      streams.output.write(`headroom ${command.usage}\n  ${command.summary}\n`)
      return 0
    }
    return await runCommand(command, { values, positionals }, surroundings)
  } catch (error) {
    if (error instanceof UsageError) {
      streams.errors.write(`${error.message}\nUsage: headroom ${command.usage}\n`)
      return 2
    }
    const problem = problemFrom(error)
    streams.errors.write(json ? `${JSON.stringify({ problem })}\n` : `${problem.fact}\n${problem.fix}\n`)
    return 1
  }
}

async function runCommand(
  command: Command,
  { values, positionals }: { values: Values; positionals: string[] },
  { streams, env, signal, connect, folder }: Surroundings,
): Promise<number> {
  const json = values.json === true
  const terminal = new Terminal(streams, json)
  const named = typeof values.workspace === 'string' ? values.workspace : undefined
  const given: Omit<Call, 'core'> = { terminal, positionals, values, env, json, signal }
  if ('runOnFolder' in command) {
    const { data, exitCode } = await command.runOnFolder({ ...given, workspace: folder(named) })
    if (json && data !== undefined) terminal.result(data)
    return exitCode
  }
  const { core, close } = await connect(named)
  try {
    const passphrase = env.HEADROOM_VAULT_PASSPHRASE
    if (passphrase && (await core.app.info()).secretStorage === 'vault') await core.app.unlockVault({ passphrase })
    const { data, exitCode } = await command.run({ core, ...given })
    if (json && data !== undefined) terminal.result(data)
    return exitCode
  } finally {
    await close()
  }
}

function parse(command: Command, words: readonly string[]): { values: Values; positionals: string[] } {
  let parsed: { values: Values; positionals: string[] }
  try {
    parsed = parseArgs({
      args: words.slice(command.words.length),
      options: { ...command.options, ...everywhere },
      allowPositionals: true,
      strict: true,
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
  const { min, max } = command.positionals
  const count = parsed.positionals.length
  if (parsed.values.help !== true && (count < min || count > max)) {
    throw new UsageError(count < min ? 'Something is missing.' : `"${parsed.positionals[max]}" is one word too many.`)
  }
  return parsed
}

function help(): string {
  const lines = commands.map(({ usage, summary }) => `  headroom ${usage}\n      ${summary}`)
  return [
    'Headroom: measured headroom of your servers, and what to do next.',
    '',
    ...lines,
    '',
    'Everywhere: --json prints one JSON document, --workspace FOLDER opens another workspace (or HEADROOM_WORKSPACE).',
    'HEADROOM_VAULT_PASSPHRASE opens the vault that keeps passwords between commands.',
    'Exit codes: 0 done, 1 failed, 2 the command line is wrong.',
    '',
  ].join('\n')
}
