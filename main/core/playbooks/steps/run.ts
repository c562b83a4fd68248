import { parseDuration } from '../../../../shared/format/duration.ts'
import type { Command } from '../../../../shared/model/command.ts'
import { HeadroomError, problemOf } from '../../../../shared/model/problem.ts'
import type { Secret } from '../../../../shared/model/secret.ts'
import { stepHasRaw } from '../../../../shared/playbook/parse.ts'
import type { StepOf } from '../../../../shared/playbook/schema.ts'
import { previewOf } from '../commands.ts'
import { emptyPlan, Interrupted, type PlanContext, type RunContext, type StepHandler } from './step.ts'

const DEFAULT_TIMEOUT_MS = 10 * 60_000

/** A command on a host: skipped when its check says it is done, then verified. */
export const runCommand: StepHandler<'run'> = {
  async plan(step, context) {
    const hostId = context.values.hostId(step.host)
    const raw = stepHasRaw(step)
    const commands = commandsOf(step, context)
    const plan = { ...emptyPlan(), hostIds: [hostId], irreversible: step.irreversible ?? false }
    if (commands.check) {
      plan.commands.push(previewOf(context, hostId, commands.check, 'check', { raw }))
      const checked = await context.hosts.run(hostId, commands.check, { signal: context.signal })
      plan.alreadyDone = checked.exitCode === 0
      if (plan.alreadyDone) plan.notes.push('The check says that this is done already, so it is skipped.')
    }
    plan.commands.push(previewOf(context, hostId, commands.run, 'run', { raw }))
    if (commands.verify) plan.commands.push(previewOf(context, hostId, commands.verify, 'verify', { raw }))
    if (commands.undo) plan.commands.push(previewOf(context, hostId, commands.undo, 'undo', { raw }))
    else if (!plan.irreversible) plan.notes.push('The playbook names no way to undo this step.')
    return plan
  },
  async run(step, context) {
    const hostId = context.values.hostId(step.host)
    const commands = commandsOf(step, context)
    if (commands.check) {
      const checked = await context.execute(hostId, commands.check)
      if (checked.exitCode === 0) return { kind: 'skip' }
    }
    const result = await watched(step, context, () => context.execute(hostId, commands.run, { live: true }))
    if (result.exitCode !== 0) throw failed('COMMAND_FAILED', step.name, context.hostName(hostId), result)
    if (commands.verify) {
      const verified = await context.execute(hostId, commands.verify)
      if (verified.exitCode !== 0) throw failed('VERIFY_FAILED', step.name, context.hostName(hostId), verified)
    }
    return { kind: 'done' }
  },
}

/** Runs the command. Where it is lost sight of, it may go on, and the run says so: it is interrupted, not failed. */
async function watched<T>(step: StepOf<'run'>, context: RunContext, work: () => Promise<T>): Promise<T> {
  const name = context.values.plain(step.name)
  const host = context.hostName(context.values.hostId(step.host))
  context.stands(`The command of "${name}" may still be running on ${host}.`)
  try {
    const result = await work()
    context.stands('')
    return result
  } catch (error) {
    const problem = problemOf(error)
    if (problem.code !== 'LINK_LOST') context.stands('')
    else
      throw new Interrupted({ ...problem, fix: `See on ${host} what became of it; resuming the run begins it again.` })
    throw error
  }
}

function commandsOf(step: StepOf<'run'>, { values }: Pick<PlanContext, 'values'>) {
  const env: Record<string, string | Secret> = {}
  for (const [name, template] of Object.entries(step.env ?? {})) env[name] = textOrSecret(template, values)
  const build = (command: string | string[]): Command => ({
    argv: typeof command === 'string' ? ['sh', '-c', values.shell(command)] : command.map((word) => values.plain(word)),
    env,
    cwd: step.cwd === undefined ? undefined : values.plain(step.cwd),
    sudo: step.sudo,
    timeoutMs: step.timeout === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(step.timeout),
  })
  const stdin = step.stdin === undefined ? undefined : textOrSecret(step.stdin, values)
  return {
    run: { ...build(step.command), stdin },
    check: step.check === undefined ? null : build(step.check),
    verify: step.verify === undefined ? null : build(step.verify),
    undo: step.undo === undefined ? null : build(step.undo),
  }
}

/** Plain where the template holds no secret, so that the review can show it. */
function textOrSecret(template: string, values: PlanContext['values']): string | Secret {
  try {
    return values.plain(template)
  } catch (error) {
    if (!(error instanceof HeadroomError) || error.code !== 'SECRET_IN_COMMAND') throw error
    return values.secret(template) ?? ''
  }
}

function failed(
  code: 'COMMAND_FAILED' | 'VERIFY_FAILED',
  name: string,
  host: string,
  result: { exitCode: number | null; signal: string | null; stderr: string },
): HeadroomError {
  const last = result.stderr.trim().split('\n').at(-1)?.slice(0, 300)
  const how =
    result.exitCode === null ? `was ended by ${result.signal ?? 'a signal'}` : `ended with exit code ${result.exitCode}`
  return new HeadroomError({
    code,
    fact: `${code === 'VERIFY_FAILED' ? 'The proof of ' : ''}"${name}" on ${host} ${how}${last ? `: ${last}` : ''}.`,
    fix: 'Read its output, correct the cause on the server, then resume the run.',
  })
}
