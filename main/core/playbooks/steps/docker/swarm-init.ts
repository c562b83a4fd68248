import { quoteWord } from '../../../../../shared/format/shell.ts'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { previewOf } from '../../commands.ts'
import { emptyPlan, type PlanContext, type StepHandler } from '../step.ts'
import { chooseAddress, LIST_ADDRESSES } from './addresses.ts'
import { docker, type Engine, engineOf, type Look, lastLine, look, lookAgain, lookCommand, must } from './engine.ts'
import { foreseeManager } from './foreseen.ts'

const DEFAULT_PORT = '2377'

/** Makes a swarm with this engine as its first manager. */
export const swarmInit: StepHandler<'swarm-init'> = {
  async plan(step, context) {
    const engine = engineOf(step, context)
    const host = context.hostName(engine.hostId)
    const plan = { ...emptyPlan(), hostIds: [engine.hostId], downtime: 'none' }
    const command = initialLook(engine, step, context)
    plan.commands.push(previewOf(context, engine.hostId, command, 'check'))
    const found = await look(engine, command, context)
    if ('code' in found) return { ...plan, problems: [found] }
    const state = standing(found, host)
    if (state === 'manager') {
      plan.alreadyDone = true
      plan.facts = { address: found.swarm.NodeAddr }
      plan.notes.push(`${host} is a manager of a swarm already, at ${found.swarm.NodeAddr}.`)
      return plan
    }
    if (state !== 'none') return { ...plan, problems: [state] }
    const chosen = chooseAddress(
      found.after('address'),
      context.values.plain(step.advertise ?? ''),
      context.hosts.get(engine.hostId).address,
      host,
    )
    if ('code' in chosen) return { ...plan, problems: [chosen] }
    const [taken] = found.after('taken')
    if (taken !== undefined) return { ...plan, problems: [portTaken(host, taken)] }
    foreseeManager(context, engine)
    plan.facts = { address: chosen.address }
    plan.undoable = true
    plan.notes.push(
      `Other nodes reach it at ${chosen.address} (${chosen.why}); they need its ports 2377/tcp, 7946/tcp and udp, 4789/udp.`,
      'Undoing it ends the swarm, if it has one node and no services.',
    )
    plan.effects.push(`makes ${host} the first manager of a new swarm`)
    plan.commands.push(
      previewOf(context, engine.hostId, initCommand(engine, step, chosen.address, context), 'run'),
      previewOf(context, engine.hostId, undoCommand(engine), 'undo'),
    )
    return plan
  },

  async run(step, context) {
    const engine = engineOf(step, context)
    const host = context.hostName(engine.hostId)
    const address = String(context.plan.facts.address)
    const before = await lookAgain(engine, initialLook(engine, step, context), context)
    const state = standing(before, host)
    if (state === 'manager')
      return context.memory.began === true
        ? { kind: 'done', outcome: `${host} is the first manager of a swarm.`, registered: { address } }
        : { kind: 'skip', registered: { address: before.swarm.NodeAddr } }
    if (state !== 'none') throw new HeadroomError(state)
    context.remember({ began: true })
    context.stands(`${host} may be the manager of a new swarm that has no other nodes.`)
    await must(
      context,
      engine.hostId,
      initCommand(engine, step, address, context),
      {
        code: 'SWARM_INIT_FAILED',
        what: 'docker swarm init',
        fix: 'Correct what Docker names, then resume the run.',
      },
      { once: true },
    )
    context.stands('')
    return { kind: 'done', outcome: `${host} is the first manager of a swarm, at ${address}.`, registered: { address } }
  },

  async undo(step, context) {
    if (context.memory.began !== true) return
    const engine = engineOf(step, context)
    const result = await context.execute(engine.hostId, undoCommand(engine))
    if (result.exitCode !== 0)
      throw new HeadroomError({
        code: 'SWARM_IN_USE',
        fact: `The swarm of ${context.hostName(engine.hostId)} was not ended: ${lastLine(result.stderr)}.`,
        fix: 'Remove its services, let the other nodes leave, then undo again.',
      })
  },
}

function standing({ swarm }: Look, host: string): 'manager' | 'none' | Problem {
  const { LocalNodeState: state, ControlAvailable: manager } = swarm
  if (state === 'inactive') return 'none'
  if (state === 'active' && manager) return 'manager'
  return {
    code: 'SWARM_ELSEWHERE',
    fact:
      state === 'active'
        ? `${host} is a worker of another swarm.`
        : `${host} is in a swarm that is ${state}${swarm.Error ? `: ${lastLine(swarm.Error)}` : ''}.`,
    fix:
      state === 'locked'
        ? 'Unlock it (docker swarm unlock).'
        : 'Let it leave that swarm first (docker swarm leave), or name another server.',
    field: 'host',
  }
}

function initialLook(engine: Engine, step: StepOf<'swarm-init'>, { values }: PlanContext) {
  const listen = values.plain(step.listen ?? '')
  const port = /:(\d+)$/.exec(listen)?.[1] ?? DEFAULT_PORT
  const own = listen.replace(/:\d+$/, '')
  return lookCommand(
    engine,
    `${LIST_ADDRESSES}
if command -v ss >/dev/null 2>&1; then ss -Hltn 'sport = :${port}' | while read -r state received sent local rest; do
case "$local" in ${own === '' ? '*' : `${quoteWord(`${own}:${port}`)}|0.0.0.0:*|'*:'*|'[::]:'*`}) printf 'taken %s\\n' "$local";; esac; done; fi`,
  )
}

/** What docker prints holds the token of workers, so it is not shown. */
function initCommand(engine: Engine, step: StepOf<'swarm-init'>, address: string, { values }: PlanContext) {
  const listen = values.plain(step.listen ?? '')
  const words = [
    'docker',
    'swarm',
    'init',
    '--advertise-addr',
    address,
    ...(listen === '' ? [] : ['--listen-addr', listen]),
  ]
  return docker(engine, ['sh', '-c', `${words.map(quoteWord).join(' ')} >/dev/null`], { timeoutMs: 120_000 })
}

const undoCommand = (engine: Engine) =>
  docker(engine, [
    'sh',
    '-c',
    `state=$(docker info --format '{{.Swarm.LocalNodeState}}') || exit 1
[ "$state" != inactive ] || exit 0
[ "$(docker node ls -q | wc -l)" -eq 1 ] || { echo 'it has other nodes' >&2; exit 78; }
[ -z "$(docker service ls -q)" ] || { echo 'it runs services' >&2; exit 78; }
docker swarm leave --force`,
  ])

const portTaken = (host: string, at: string): Problem => ({
  code: 'PORT_IN_USE',
  fact: `Another program of ${host} listens at ${at}, where the swarm is to listen.`,
  fix: 'End that program, or state another address or port (listen).',
  field: 'listen',
  value: at,
})
