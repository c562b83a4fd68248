import { setTimeout as pause } from 'node:timers/promises'
import { parseDuration } from '../../../../shared/format/duration.ts'
import type { Command } from '../../../../shared/model/command.ts'
import { HeadroomError, problemOf } from '../../../../shared/model/problem.ts'
import { hasLater, shownLater } from '../../../../shared/playbook/later.ts'
import type { StepOf } from '../../../../shared/playbook/schema.ts'
import { previewOf } from '../commands.ts'
import { isLinkLoss } from '../link-loss.ts'
import { flagOf } from './flag.ts'
import { statusOf, urlOf } from './http-check.ts'
import { emptyPlan, type PlanContext, type RunContext, type StepHandler } from './step.ts'

/** Waits until a port accepts, a command ends well, an address answers or a unit is active. It changes nothing. */
export const waitFor: StepHandler<'wait-for'> = {
  async plan(step, context) {
    const hostId = step.host === undefined ? null : context.values.hostId(step.host)
    const command = waitCommand(step, context)
    portOf(step, context)
    const url = step.url === undefined ? null : context.values.plain(step.url)
    if (url !== null && !hasLater(url)) urlOf(url)
    return {
      ...emptyPlan(),
      hostIds: hostId === null ? [] : [hostId],
      commands: command && hostId !== null ? [previewOf(context, hostId, command, 'check', { readOnly: true })] : [],
      notes: [`Waits up to ${step.timeout} until ${shownLater(wanted(step, context))}.`],
    }
  },
  async run(step, context) {
    const hostId = step.host === undefined ? null : context.values.hostId(step.host)
    const what = context.now(wanted(step, context))
    const until = context.environment.elapsed() + parseDuration(step.timeout)
    for (;;) {
      context.signal.throwIfAborted()
      const last = await look(step, context, hostId)
      if (last === null) return { kind: 'done', outcome: `Reached: ${what}.` }
      context.progress(null, `Not yet: ${last}`)
      if (context.environment.elapsed() >= until)
        throw new HeadroomError({
          code: 'WAIT_FAILED',
          fact: `It did not come about within ${step.timeout} that ${what}; the last look: ${last}.`,
          fix: 'See why on the server, then resume the run.',
        })
      await pause(parseDuration(step.every), undefined, { signal: context.signal })
    }
  },
}

function wanted(step: StepOf<'wait-for'>, context: PlanContext): string {
  const where = step.host === undefined ? '' : ` on ${context.hostName(context.values.hostId(step.host))}`
  if (step.url !== undefined) return `${context.values.plain(step.url)} answers ${step.status ?? 200}${where}`
  if (step.unit !== undefined) return `${context.values.plain(step.unit)} is active${where}`
  if (step.port === undefined) return `the command ends with exit code 0${where}`
  return `${addressOf(step, context)} port ${portOf(step, context)} accepts connections${where}`
}

const addressOf = (step: StepOf<'wait-for'>, { values }: PlanContext): string =>
  step.address === undefined ? '127.0.0.1' : values.plain(step.address)

export function portOf(step: StepOf<'wait-for'>, { values }: PlanContext): number {
  if (step.port === undefined) return 0
  const port = Number(typeof step.port === 'number' ? step.port : values.plain(step.port))
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port
  throw new HeadroomError({
    code: 'PARAMETER_INVALID',
    fact: `"${step.port}" of "${step.id}" is no port.`,
    fix: 'Write a whole number from 1 to 65535.',
    field: 'port',
    value: String(step.port),
  })
}

/** What is asked on the server, where that is a command. */
export function waitCommand(step: StepOf<'wait-for'>, { values }: PlanContext): Command | null {
  const more = { sudo: flagOf(step.sudo, values), timeoutMs: 30_000 }
  if (step.unit !== undefined) return { argv: ['systemctl', 'is-active', '--', values.plain(step.unit)], ...more }
  if (step.url !== undefined && step.host !== undefined)
    return {
      argv: ['curl', '-sS', '-o', '/dev/null', '-m', '10', '-w', '%{http_code}', '--', values.plain(step.url)],
      ...more,
    }
  if (step.command === undefined) return null
  const argv =
    typeof step.command === 'string'
      ? ['sh', '-c', values.shell(step.command)]
      : step.command.map((word) => values.plain(word))
  return { argv, ...more }
}

/** Null when it is there; else what there is instead. A link that is lost is no answer, and is asked again. */
async function look(step: StepOf<'wait-for'>, context: RunContext, hostId: string | null): Promise<string | null> {
  const status = step.status ?? 200
  try {
    if (hostId === null) {
      const found = await statusOf(urlOf(context.now(context.values.plain(step.url ?? ''))), context.signal)
      return found === `status ${status}` ? null : found
    }
    const command = waitCommand(step, context)
    if (command === null) {
      const stream = await context.hosts.tunnel(hostId, {
        address: addressOf(step, context),
        port: portOf(step, context),
      })
      stream.destroy()
      return null
    }
    const { exitCode, stdout, stderr } = await context.execute(hostId, command, { quiet: true })
    if (step.url !== undefined)
      return stdout.trim() === String(status) ? null : `status ${stdout.trim()} ${stderr.trim()}`
    if (exitCode === 0) return null
    return (stdout.trim() || stderr.trim() || `exit code ${exitCode}`).split('\n').at(-1)?.slice(0, 200) ?? ''
  } catch (error) {
    context.signal.throwIfAborted()
    const { code, fact } = problemOf(error)
    if (code === 'TUNNEL_REFUSED' || isLinkLoss(error)) return fact
    throw error
  }
}
