import { setTimeout as pause } from 'node:timers/promises'
import type { Run } from '../../shared/model/run.ts'
import type { ClusterGround } from './cluster-ground.ts'
import type { Moment } from './watched-programs.ts'

/** Something that is done with a cluster, and how that is left when nothing disturbs it. */
export interface ClusterCase {
  /** Makes the cluster as it is before. */
  prepare(): void | Promise<void>
  /** The steps of a playbook of its own, once prepared; or the id of a shipped one with its parameters. */
  steps: string | (() => string) | { playbook: string; values: Record<string, string> }
  /** What a person types where the playbook asks. */
  agree?: string
  /** Calls that may succeed once only. */
  once: string[]
  /** What is not as an undisturbed run leaves it. */
  wrong(): string[]
}

/**
 * What happens while a call stands still. `kill-late`: the call goes on only after the run was resumed, so that it is still
 * under way when the run looks how things stand.
 */
export const CLUSTER_FAULTS = ['kill-core', 'kill-late', 'cut-link'] as const
export type ClusterFault = (typeof CLUSTER_FAULTS)[number]
export const MOMENTS: readonly Moment[] = ['before', 'after', 'next']

export interface ClusterOutcome {
  breaches: string[]
  ms: number
  /** How the run ended first, and what it said. */
  said: string
}

/** Does it undisturbed; resolves with the calls that changed something, each once, in their order. */
export async function callsOf(ground: ClusterGround, one: ClusterCase): Promise<string[]> {
  const { id, values } = await prepared(ground, one)
  if (one.agree === undefined) await ground.run(id, values)
  else {
    const { runId } = await asked(ground, id, values)
    const last = await agreed(ground, runId, one.agree)
    if (last.state !== 'succeeded') throw new Error(`Undisturbed it is ${last.state}: ${JSON.stringify(last.problem)}`)
  }
  const found = await settled(() => one.wrong())
  if (found.length > 0) throw new Error(`Undisturbed it ends otherwise: ${found.join(' ')}`)
  return [...new Set(ground.watch.asked().map(({ what }) => what))]
}

/**
 * Does it, disturbs it at a moment of a call, and resumes it: it must end as an undisturbed one.
 * @throws NoSuchCall where no such call comes, as when nothing is asked after the last change
 */
export async function playCluster(
  ground: ClusterGround,
  one: ClusterCase,
  { fault, moment, call }: { fault: ClusterFault; moment: Moment; call: string },
): Promise<ClusterOutcome> {
  const began = performance.now()
  const { watch } = ground
  const { id, values } = await prepared(ground, one)
  const waits = one.agree === undefined ? null : await asked(ground, id, values)
  watch.holdAt(moment, call)
  const playbooks = () => ground.core.areas.playbooks
  const breaches: string[] = []
  let first: Run
  let runId: string
  if (fault === 'cut-link') {
    runId = waits?.runId ?? (await ground.start(id, values))
    if (waits) await playbooks().approve(runId, waits.step, one.agree ?? '')
    await ground.held(runId)
    ground.cutLinks()
    watch.letGo()
    first = await ground.ended(runId)
  } else {
    const words = waits
      ? ['runs', 'approve', waits.runId, waits.step, '--type', one.agree ?? '']
      : ['run', id, '--yes', ...Object.entries(values).flatMap(([name, value]) => ['--param', `${name}=${value}`])]
    const killed = await ground.killedWhereHeld(words)
    runId = waits?.runId ?? killed
    first = playbooks().run(runId)
    if (first.state !== 'interrupted') breaches.push(`Killed, it is ${first.state}.`)
    if (first.steps.every(({ state }) => state !== 'running')) breaches.push('Killed, no step is told as begun.')
    if (fault === 'kill-core') watch.letGo()
  }
  if (first.state !== 'succeeded') {
    if (first.problem === null) breaches.push(`The run is ${first.state} without saying why.`)
    const resumed = await playbooks().resume(runId, {})
    if (fault === 'kill-late') {
      if (resumed.state !== 'running') breaches.push(`Resumed, it is ${resumed.state}.`)
      // Long enough for a look at how things stand.
      for (let tries = 0; tries < 20 && playbooks().run(runId).endedAt === null; tries++) await pause(50)
      watch.letGo()
    }
  }
  const last = await ground.ended(runId)
  if (last.state !== 'succeeded') {
    breaches.push(`Resumed, it is ${last.state}: ${last.problem?.code} ${last.problem?.fact}`)
    for (const { text } of playbooks().journal(runId).entries.slice(-6)) breaches.push(`  ${text.split('\n')[0]}`)
    for (const { what, exitCode } of watch.asked()) breaches.push(`  ${what} ended with ${exitCode}`)
  } else breaches.push(...(await settled(() => one.wrong())))
  for (const what of one.once) {
    const times = watch.asked().filter((call) => call.what === what && call.exitCode === 0).length
    if (times > 1) breaches.push(`"${what}" was done ${times} times.`)
  }
  if (watch.asked().some(({ exitCode }) => exitCode === null)) breaches.push('A call is still under way.')
  if (!playbooks().journal(runId).intact) breaches.push('Its journal is not whole.')
  if (playbooks().locks().length > 0 && last.state === 'succeeded') breaches.push('It still holds a server.')
  const said = `${first.state}${first.problem ? `: ${first.problem.code} ${first.problem.fact}` : ''}`
  return { breaches, ms: performance.now() - began, said }
}

let count = 0
async function prepared(ground: ClusterGround, one: ClusterCase) {
  ground.watch.letGo()
  await one.prepare()
  ground.watch.forget()
  if (typeof one.steps === 'object') return { id: one.steps.playbook, values: one.steps.values }
  const id = `fault-${++count}`
  ground.write(id, typeof one.steps === 'string' ? one.steps : one.steps())
  return { id, values: {} }
}

/** Runs it until a person is asked. What was done before that is forgotten. */
async function asked(ground: ClusterGround, id: string, values: Record<string, string>) {
  const runId = await ground.start(id, values)
  const { state, problem, waiting } = await ground.ended(runId)
  if (waiting?.kind !== 'approve') throw new Error(`It asks nobody: ${state} ${JSON.stringify(problem)}`)
  ground.watch.forget()
  return { runId, step: waiting.step }
}

async function agreed(ground: ClusterGround, runId: string, word: string): Promise<Run> {
  const { playbooks } = ground.core.areas
  await playbooks.approve(runId, playbooks.run(runId).waiting?.step ?? '', word)
  return await ground.ended(runId)
}

/** A swarm and a cluster come to rest a moment after a run's end is told. */
async function settled(look: () => string[]): Promise<string[]> {
  for (let tries = 0; ; tries++) {
    let wrong: string[]
    try {
      wrong = look()
    } catch (error) {
      wrong = [String(error)]
    }
    if (wrong.length === 0 || tries === 60) return wrong
    await pause(250)
  }
}
