import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError, problemOf } from '../../../../../shared/model/problem.ts'
import { throughLinkLoss } from '../../link-loss.ts'
import { planChange, runChange, undoChange } from '../files/index.ts'
import type { PlanContext, RunContext, StepPlan } from '../step.ts'
import type { Planned } from './planned.ts'
import { lastError } from './refusal.ts'
import type { Switch } from './switch.ts'
import { switchFile } from './switch-file.ts'

const BETWEEN_CHECKS_MS = 300

/** What the change of the file comes to on every server of the application, found out by reading only. */
export interface PlannedFiles {
  commands: StepPlan['commands']
  facts: Planned['files']
}

/** Plans the change of the file on every server; what stands in its way and how it changes goes into the plan. */
export async function planFiles(one: Switch, context: PlanContext, plan: StepPlan): Promise<PlannedFiles> {
  const files: PlannedFiles = { commands: [], facts: {} }
  for (const hostId of one.hostIds) {
    try {
      const part = await planChange(switchFile(one, hostId), context)
      for (const problem of part.problems) plan.problems.push({ ...problem, field: 'cutover.file' })
      for (const command of part.commands) (command.purpose === 'check' ? plan : files).commands.push(command)
      plan.diffs.push(...part.diffs)
      plan.notes.push(...part.notes)
      plan.warnings.push(...part.warnings)
      files.facts[hostId] = part.facts
    } catch (error) {
      plan.problems.push(problemOf(error))
    }
  }
  return files
}

async function onEach(one: Switch, work: (hostId: string) => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(one.hostIds.map(work))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

async function must(
  context: RunContext,
  hostId: string,
  command: Command,
  what: string,
  cleanup = false,
): Promise<void> {
  const { exitCode, stderr, stdout } = await context.execute(hostId, command, { cleanup })
  if (exitCode === 0) return
  throw new HeadroomError({
    code: 'CUTOVER_FAILED',
    fact: `${what} on ${context.hostName(hostId)} ended with exit code ${exitCode}: ${lastError(stderr.trim() === '' ? stdout : stderr)}.`,
    fix: 'Correct the cause, then resume the run.',
    field: 'cutover',
  })
}

/** Runs what the operator wants done before writes are stopped. */
export async function beforeStop(one: Switch, context: RunContext): Promise<void> {
  const { before } = one
  if (before) await onEach(one, (hostId) => must(context, hostId, before, 'The command before the write stop'))
}

/** Leads every server of the application to the target and checks it. May be done again after it was broken off. */
export async function switchOver(one: Switch, planned: Planned, context: RunContext): Promise<void> {
  const { restart, check } = one
  context.journal('switch', null, `${one.key} in ${one.file} is changed; the old file is kept beside it.`)
  await onEach(one, async (hostId) => {
    await runChange(switchFile(one, hostId), context, planned.files[hostId])
    if (restart) await must(context, hostId, restart, 'The restart')
  })
  if (!check) return
  const until = context.environment.elapsed() + one.timeoutMs
  await onEach(one, async (hostId) => {
    for (;;) {
      const { exitCode, stderr, stdout } = await context.execute(hostId, check, { quiet: true })
      if (exitCode === 0) return
      if (context.environment.elapsed() >= until)
        throw new HeadroomError({
          code: 'HEALTH_CHECK_FAILED',
          fact: `The application on ${context.hostName(hostId)} is not well with the new database: exit code ${exitCode}, ${lastError(stderr.trim() === '' ? stdout : stderr)}.`,
          fix: 'See the log of the application, correct the cause, then resume the run.',
          field: 'cutover.check',
        })
      await pause(BETWEEN_CHECKS_MS, undefined, { signal: context.signal })
    }
  })
}

/** Puts the old file back on every server and restarts. A server that cannot be reached does not keep the others from it. */
export async function returnOld(one: Switch, context: RunContext): Promise<void> {
  const { restart } = one
  await onEach(one, async (hostId) => {
    await throughLinkLoss(context, () => undoChange(switchFile(one, hostId), context, { cleanup: true }))
    if (restart) await must(context, hostId, restart, 'The restart with the old URL', true)
  })
  context.journal('switch-returned', null, `${one.key} in ${one.file} is as it was.`)
}
