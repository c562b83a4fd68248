import { setTimeout as pause } from 'node:timers/promises'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { RunContext } from '../step.ts'
import type { Deployment } from './compose-deployment.ts'
import { type ConfigService, compose, FIND_COMPOSE, type Variant } from './compose-program.ts'
import { type Container, containersScript, healthOf, readContainers, type ServiceHealth } from './compose-state.ts'
import { lookAgain, lookCommand } from './engine.ts'

const BETWEEN_LOOKS_MS = 500

/** What the review found out. */
export interface DeployFacts {
  variant: Variant
  services: ConfigService[]
  /** Images by the names that containers had them from. */
  previous: { ref: string; image: string }[]
  /** Services that had no container. */
  fresh: string[]
  images: string[]
  hadFile: boolean
}

export const factsOf = (context: RunContext): DeployFacts => context.plan.facts as unknown as DeployFacts

export const stateCommand = (one: Deployment) =>
  lookCommand(one.engine, `${FIND_COMPOSE}\n${containersScript(one.name)}`)

export const logsCommand = (one: Deployment, variant: Variant, service: string) =>
  compose(one, variant, ['logs', '--no-color', '--tail', '20', service], { timeoutMs: 30_000 })

export async function containersNow(one: Deployment, context: RunContext): Promise<Container[]> {
  return readContainers((await lookAgain(one.engine, stateCommand(one), context)).after('container'))
}

/** Waits until every service is healthy. COMPOSE_NOT_HEALTHY names the first one that is not, with its last lines. */
export async function healthy(
  one: Deployment,
  services: readonly ConfigService[],
  timeoutMs: number,
  context: RunContext,
): Promise<void> {
  const until = context.environment.elapsed() + timeoutMs
  const since = new Map<string, number>()
  const shown = new Map<string, string>()
  for (;;) {
    const now = context.environment.elapsed()
    const all = healthOf(services, await containersNow(one, context), since, now, one.settleMs)
    for (const { name, text } of all) {
      if (shown.get(name) === text) continue
      shown.set(name, text)
      context.line(one.engine.hostId, 'note', `${name}: ${text}`)
    }
    context.progress(
      all.length === 0 ? null : all.filter(({ state }) => state === 'ok').length / all.length,
      all.map(({ name, text }) => `${name}: ${text}`).join(' · '),
    )
    if (all.every(({ state }) => state === 'ok')) return
    const failed =
      all.find(({ state }) => state === 'failed') ??
      (now >= until ? all.find(({ state }) => state === 'wait') : undefined)
    if (failed) throw await notHealthy(one, failed, all, context)
    await pause(BETWEEN_LOOKS_MS, undefined, { signal: context.signal })
  }
}

async function notHealthy(one: Deployment, failed: ServiceHealth, all: readonly ServiceHealth[], context: RunContext) {
  const { variant } = factsOf(context)
  const printed = await context
    .execute(one.engine.hostId, logsCommand(one, variant, failed.name), { quiet: true })
    .catch(() => null)
  const log = (printed?.stdout ?? '')
    .trim()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Attaching to'))
    .slice(-20)
  for (const line of log) context.line(one.engine.hostId, 'stderr', line)
  return new HeadroomError({
    code: 'COMPOSE_NOT_HEALTHY',
    fact: `${failed.name} of ${one.name} on ${one.host} ${failed.state === 'failed' ? `failed: ${failed.text}` : `is not well after the time allowed: ${failed.text}`}.${log.length > 0 ? ` It said last: ${log.at(-1)?.slice(0, 200).replace(/\.$/, '')}.` : ''}`,
    fix: 'Correct its image, command or settings in the Compose file.',
    field: 'service',
    value: failed.name,
    details: {
      ...Object.fromEntries(all.map(({ name, text }) => [name, text])),
      ...(log.length === 0 ? {} : { [`log of ${failed.name}`]: log.join('\n') }),
    },
  })
}
