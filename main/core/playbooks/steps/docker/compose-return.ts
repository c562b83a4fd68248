import { quoteWord } from '../../../../../shared/format/shell.ts'
import { problemOf } from '../../../../../shared/model/problem.ts'
import { undoChange } from '../files/index.ts'
import type { RunContext } from '../step.ts'
import { changesOf, type Deployment } from './compose-deployment.ts'
import { factsOf, healthy } from './compose-health.ts'
import { compose, type Variant } from './compose-program.ts'
import { docker, type Engine, must } from './engine.ts'

export const tagCommand = (engine: Engine, { image, ref }: { image: string; ref: string }) =>
  docker(engine, ['docker', 'tag', image, ref])

/** Removes the containers of a service that was new. */
export const removeCommand = (one: Deployment, service: string) =>
  docker(one.engine, [
    'sh',
    '-c',
    `for id in $(docker ps --all --quiet --filter ${quoteWord(`label=com.docker.compose.project=${one.name}`)} --filter ${quoteWord(`label=com.docker.compose.service=${service}`)}); do docker rm --force "$id" >/dev/null || exit 1; done`,
  ])

/** Removes the containers of a project that was new; volumes stay. */
export const downCommand = (one: Deployment, variant: Variant) =>
  compose(one, variant, ['down'], { timeoutMs: 10 * 60_000 })

/** Goes back to the previous version. Says how things are then, in a sentence; never throws for the service's own faults. */
export async function takeBack(
  one: Deployment,
  context: RunContext,
  timeoutMs: number,
  up: () => Promise<void>,
): Promise<string> {
  const { hostId } = one.engine
  const facts = factsOf(context)
  const refused = {
    code: 'COMPOSE_NOT_RETURNED',
    what: 'Going back to the previous version',
    fix: 'Correct what Docker names, then resume the run.',
  }
  const first = facts.previous.length === 0 && facts.fresh.length === facts.services.length
  context.progress(null, 'Going back to the previous version')
  context.line(hostId, 'note', 'Going back to the previous version')
  if (first) {
    await must(context, hostId, downCommand(one, facts.variant), refused, { cleanup: true })
    for (const change of Object.values(changesOf(one))) await undoChange(change, context, { cleanup: true })
    context.journal('returned', hostId, `The containers of ${one.name} were removed again.`)
    return 'It ran nowhere before, so its containers were removed again; volumes stay.'
  }
  if (!facts.hadFile) return `There was no previous file at ${one.path} to go back to: the new version stays as it is.`
  for (const change of Object.values(changesOf(one))) await undoChange(change, context, { cleanup: true })
  for (const tag of facts.previous) await must(context, hostId, tagCommand(one.engine, tag), refused, { cleanup: true })
  for (const name of facts.fresh) await must(context, hostId, removeCommand(one, name), refused, { cleanup: true })
  await up()
  const services = facts.services
    .filter(({ name }) => !facts.fresh.includes(name))
    .map((service) => ({ ...service, replicas: null }))
  try {
    await healthy(one, services, timeoutMs, context)
  } catch (error) {
    return `The previous version was put back, and is not well either: ${problemOf(error).fact}`
  }
  context.journal('returned', hostId, `The previous version of ${one.name} runs again.`)
  return 'The previous version runs again.'
}
