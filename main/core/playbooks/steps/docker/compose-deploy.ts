import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { previewOf } from '../../commands.ts'
import { planChange, runChange, undoChange } from '../files/index.ts'
import { isOn } from '../files/texts.ts'
import { httpCheck } from '../http-check.ts'
import { emptyPlan, type RunContext, type StepHandler } from '../step.ts'
import { changesOf, type Deployment, deploymentOf } from './compose-deployment.ts'
import { factsOf, healthy, logsCommand, stateCommand } from './compose-health.ts'
import { portsCommand, publishedPorts, takenPorts } from './compose-ports.ts'
import { compose, noCompose, pullCommand, servicesOf, type Variant, whyCompose } from './compose-program.ts'
import { downCommand, removeCommand, tagCommand, takeBack } from './compose-return.ts'
import { type Container, healthOf, readContainers } from './compose-state.ts'
import { withoutEnvFiles } from './deploy-source.ts'
import { look, must, timeoutOf } from './engine.ts'

/** Deploys a Compose file, waits until its services are healthy, and goes back to the previous version if they are not. */
export const composeDeploy: StepHandler<'compose-deploy'> = {
  async plan(step, context) {
    const one = deploymentOf(step, context)
    const { engine, host } = one
    const { hostId } = engine
    const plan = { ...emptyPlan(), hostIds: [hostId] }
    const state = stateCommand(one)
    plan.commands.push(previewOf(context, hostId, state, 'check'))
    const found = await look(engine, state, context)
    if ('code' in found) return { ...plan, problems: [found] }
    const variant = found.after('compose')[0]?.split(' ')[0]
    if (variant !== 'v1' && variant !== 'v2') return { ...plan, problems: [noCompose(host)] }
    const config = compose(one, variant, ['config'], { file: '-', stdin: withoutEnvFiles(one.text), env: one.env })
    plan.commands.push(previewOf(context, hostId, config, 'check'))
    const checked = await context.hosts.run(hostId, config, { signal: context.signal })
    if (checked.exitCode !== 0)
      return {
        ...plan,
        problems: [
          {
            code: 'COMPOSE_INVALID',
            fact: `Docker Compose on ${host} does not accept the file: ${whyCompose(checked.stderr)}.`,
            fix: 'Correct the file.',
            field: 'text',
            details: { said: checked.stderr.slice(0, 2000) },
          },
        ],
      }
    const services = servicesOf(checked.stdout)
    const ports = publishedPorts(checked.stdout)
    if (ports.length > 0) {
      const asked = portsCommand(one, ports)
      plan.commands.push(previewOf(context, hostId, asked, 'check'))
      const { stdout } = await context.hosts.run(hostId, asked, { signal: context.signal })
      const taken = takenPorts(ports, stdout, one)
      // What an earlier step changes there may well be what listens.
      if (context.changedBefore?.has(hostId)) plan.warnings.push(...taken.map(({ fact }) => fact))
      else plan.problems.push(...taken)
    }
    const before = readContainers(found.after('container'))
    const files: Record<string, unknown> = {}
    let same = true
    for (const [key, change] of Object.entries(changesOf(one))) {
      const part = await planChange(change, context)
      files[key] = part.facts
      same &&= part.alreadyDone
      plan.commands.push(...part.commands)
      plan.diffs.push(...part.diffs)
      plan.problems.push(...part.problems)
      plan.warnings.push(...part.warnings)
      plan.notes.push(...part.notes)
    }
    if (plan.problems.length > 0) return plan
    const previous = previousOf(before)
    const fresh = services.map(({ name }) => name).filter((name) => !before.some(({ service }) => service === name))
    const images = [...new Set(services.flatMap(({ image, builds }) => (image === null || builds ? [] : [image])))]
    plan.facts = { variant, files, services, previous, fresh, images, hadFile: hadFile(files) }
    const all = healthOf(services, before, new Map(), context.environment.now(), 0)
    plan.alreadyDone = same && one.pull !== 'always' && all.every(({ state: is }) => is === 'ok')
    if (plan.alreadyDone) {
      plan.notes.push(`${one.name} on ${host} runs this very version already.`)
      plan.downtime = 'none'
      return plan
    }
    const builds = services.some((service) => service.builds)
    if (images.length > 0 && one.pull !== 'never')
      plan.commands.push(previewOf(context, hostId, pullCommand(engine, images, one.pull), 'run'))
    if (builds) plan.commands.push(previewOf(context, hostId, buildCommand(one, variant), 'run'))
    plan.commands.push(previewOf(context, hostId, upCommand(one, variant), 'run'))
    for (const { name } of services)
      plan.commands.push(previewOf(context, hostId, logsCommand(one, variant, name), 'verify', { readOnly: true }))
    for (const tag of previous) plan.commands.push(previewOf(context, hostId, tagCommand(engine, tag), 'undo'))
    for (const name of fresh) plan.commands.push(previewOf(context, hostId, removeCommand(one, name), 'undo'))
    plan.commands.push(previewOf(context, hostId, upCommand({ ...one, removeOrphans: false }, variant), 'undo'))
    if (before.length === 0) plan.commands.push(previewOf(context, hostId, downCommand(one, variant), 'undo'))
    plan.undoable = true
    tellOf(
      one,
      services.map(({ name }) => name),
      before,
      plan,
    )
    return plan
  },

  async run(step, context) {
    if (context.plan.alreadyDone) return { kind: 'skip' }
    const one = deploymentOf(step, context)
    const { engine, host } = one
    const facts = factsOf(context)
    const fileFacts = context.plan.facts.files as Record<string, { real: string; before: string }>
    if (facts.images.length > 0 && one.pull !== 'never') {
      context.progress(null, 'Fetching images')
      await must(context, engine.hostId, pullCommand(engine, facts.images, one.pull), {
        code: 'IMAGE_NOT_FETCHED',
        what: 'Fetching the images',
        fix: 'Correct the name or log in to the registry there (docker login), then resume the run. Nothing was stopped.',
      })
    }
    context.stands(`The files of ${one.name} on ${host} may be new already; its containers are the previous ones.`)
    for (const [key, change] of Object.entries(changesOf(one)))
      await runChange(change, context, fileFacts[key] as never)
    if (facts.services.some(({ builds }) => builds)) {
      context.progress(null, 'Building images')
      await must(context, engine.hostId, buildCommand(one, facts.variant), {
        code: 'IMAGE_NOT_BUILT',
        what: 'Building the images',
        fix: 'Correct what the build names, then resume the run. Nothing was stopped.',
      })
    }
    context.remember({ began: true })
    context.stands(`The containers of ${one.name} on ${host} may be new or previous ones.`)
    try {
      await up(one, facts.variant, context)
      await healthy(one, facts.services, timeoutOf(step.timeout, context), context)
      if (step.url !== undefined && context.values.plain(step.url) !== '') await answers(step, context)
    } catch (error) {
      if (!(error instanceof HeadroomError) || !RETURNS.has(error.code) || !isOn(step.return_on_failure, context))
        throw error
      const told = await takeBack(one, context, timeoutOf(step.timeout, context), () =>
        up({ ...one, removeOrphans: false }, facts.variant, context, true),
      )
      context.stands('')
      throw new HeadroomError({ ...error.problem, fact: `${error.problem.fact} ${told}` })
    }
    context.stands('')
    return { kind: 'done', outcome: `${one.name} on ${host}: ${facts.services.length} services run as wanted.` }
  },

  async undo(step, context) {
    if (context.memory.began !== true) {
      for (const change of Object.values(changesOf(deploymentOf(step, context)))) await undoChange(change, context)
      return
    }
    const one = deploymentOf(step, context)
    const { variant } = factsOf(context)
    const told = await takeBack(one, context, timeoutOf(step.timeout, context), () =>
      up({ ...one, removeOrphans: false }, variant, context, true),
    )
    context.line(one.engine.hostId, 'note', told)
  },
}

/** What makes a deployment go back; anything else, such as a lost link, leaves it for the next try. */
const RETURNS = new Set(['COMPOSE_UP_FAILED', 'COMPOSE_NOT_HEALTHY', 'HTTP_CHECK_FAILED'])

async function up(one: Deployment, variant: Variant, context: RunContext, cleanup = false): Promise<void> {
  context.progress(null, 'Starting containers')
  await must(
    context,
    one.engine.hostId,
    upCommand(one, variant),
    {
      code: 'COMPOSE_UP_FAILED',
      what: `Starting the services of ${one.name}`,
      fix: 'Correct what Docker Compose names in the file.',
      why: whyCompose,
    },
    { cleanup },
  )
}

async function answers(step: StepOf<'compose-deploy'>, context: RunContext): Promise<void> {
  const { id, name, status, timeout } = step
  await httpCheck.run({ id, name, kind: 'http-check', url: step.url ?? '', status, timeout }, context)
}

const upCommand = (one: Deployment, variant: Variant) =>
  compose(one, variant, ['up', '--detach', ...(one.removeOrphans ? ['--remove-orphans'] : [])], {
    timeoutMs: 30 * 60_000,
  })
const buildCommand = (one: Deployment, variant: Variant) => compose(one, variant, ['build'], { timeoutMs: 60 * 60_000 })

/** The images that run now, by the name their containers were made from; a name that moves is put back. */
function previousOf(before: readonly Container[]) {
  const tags = before.filter(({ ref, image }) => !ref.includes('@') && !ref.startsWith('sha256:') && ref !== image)
  return [...new Map(tags.map(({ ref, image }) => [ref, { ref, image }])).values()]
}

const hadFile = (files: Record<string, unknown>): boolean =>
  (files.compose as { before?: string } | undefined)?.before !== 'absent'

function tellOf(
  one: Deployment,
  services: string[],
  before: readonly Container[],
  plan: ReturnType<typeof emptyPlan>,
): void {
  const { name, host, folder } = one
  const orphans = [...new Set(before.map(({ service }) => service))].filter((service) => !services.includes(service))
  plan.effects.push(`deploys ${services.join(', ')} as ${name} on ${host}, in ${folder}`)
  plan.downtime =
    before.length === 0
      ? 'none: nothing of it runs yet'
      : `each changed service of ${name} while its container starts anew`
  if (orphans.length > 0)
    plan.warnings.push(
      `${orphans.join(', ')} of ${name} on ${host} ${orphans.length === 1 ? 'is' : 'are'} no longer in the file: ${one.removeOrphans ? 'removed, and undoing does not bring them back' : 'left running (remove_orphans: true removes them)'}.`,
    )
  if (before.length > 0 && plan.facts.hadFile === false)
    plan.warnings.push(
      `Containers of ${name} run on ${host}, but ${one.path} is not there: they were started from another place, so there is no previous file to go back to.`,
    )
  plan.notes.push(
    before.length === 0
      ? 'If it does not become healthy, its containers and files are removed again; volumes stay.'
      : 'If it does not become healthy, the previous files and images come back.',
  )
}
