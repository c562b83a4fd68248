import { setTimeout as pause } from 'node:timers/promises'
import type { Run } from '../../shared/model/run.ts'
import { FAULTS, WAYS } from './move-faults.ts'
import { type MoveGround, OverTooSoon } from './move-ground.ts'

export interface MoveOutcome {
  breaches: string[]
  ms: number
  /** How the run ended first, and what it said. */
  said: string
}

/** Moves a database one way, disturbs that in the middle of the copy, and resumes it: it must end as an undisturbed one. */
export async function playMove(ground: MoveGround, way: string, name: string): Promise<MoveOutcome> {
  const began = performance.now()
  const fault = FAULTS[name]
  const more = WAYS[way]
  if (!fault || !more) throw new Error(`There is no ${way} or ${name}.`)
  const database = `${way}_${name}`.replaceAll('-', '_')
  const values = ground.values(database, more)
  const breaches: string[] = []
  const cleared = () => {
    // After a logical move the source stays read-only.
    ground.source.sql('postgres', 'ALTER DATABASE shop RESET default_transaction_read_only')
    ground.target.sql('postgres', `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
  }
  const disturbed = async (): Promise<{ runId: string; first: Run }> => {
    if (fault.kills) {
      const killed = await ground.killedWhere(() => ground.copying(), values)
      ground.letGo()
      // What outlives the program in a job of its own goes on with its sessions; through this computer they are left behind.
      if (way === 'relay') await ground.straggler(database)
      return { runId: killed, first: ground.core.areas.playbooks.run(killed) }
    }
    const started = await ground.start(values)
    await fault.happen(ground, await ground.hold(started))
    ground.letGo()
    return { runId: started, first: await ground.ended(started) }
  }
  const { runId, first } = await seen(disturbed, cleared)
  await fault.mend?.(ground)
  const wrong = fault.judge(first, way)
  if (wrong !== null) breaches.push(wrong)
  breaches.push(...(await told(ground, first)))
  const last = first.state === 'succeeded' ? first : await ground.resume(runId)
  if (last.state !== 'succeeded')
    breaches.push(`Resumed, it is ${last.state}: ${last.problem?.code} ${last.problem?.fact}`)
  else breaches.push(...ground.differences(database))
  if (!ground.core.areas.playbooks.proofs(runId).at(-1)?.equal) breaches.push('It left no proof that both are equal.')
  if (!ground.core.areas.playbooks.journal(runId).intact) breaches.push('Its journal is not whole.')
  breaches.push(...(await settled(() => ground.leftovers())))
  cleared()
  const said = `${first.state}${first.problem ? `: ${first.problem.code} ${first.problem.fact} ${first.problem.fix}` : ''}`
  return { breaches, ms: performance.now() - began, said }
}

/** A copy may be over before anybody saw it, on a machine that looks seldom: then it is begun again. */
async function seen<T>(disturbed: () => Promise<T>, cleared: () => void): Promise<T> {
  for (let tries = 1; ; tries++)
    try {
      return await disturbed()
    } catch (error) {
      if (!(error instanceof OverTooSoon) || tries === 5) throw error
      cleared()
    }
}

/** Before it is resumed: nothing says running that is not, and the source takes writes. */
async function told(ground: MoveGround, run: Run): Promise<string[]> {
  if (run.state === 'succeeded') return []
  const wrong: string[] = []
  if (run.problem === null) wrong.push(`The run is ${run.state} without saying why.`)
  const running = run.steps.some(({ state }) => state === 'running')
  if (run.state === 'failed' && running) wrong.push('The run has failed, and a step is told as running.')
  const { fact = '' } = run.problem ?? {}
  if (run.state === 'interrupted') return wrong
  if (!/source is untouched/i.test(fact)) wrong.push(`It does not say how the source stands: ${fact}`)
  const readOnly = ground.source.sql('shop', 'SHOW default_transaction_read_only')
  if (readOnly === 'on') wrong.push('The source is still read-only.')
  // Where something could not be removed, the run says so, with the statements that do it by hand.
  if (run.problem?.code !== 'REPLICATION_LEFT') wrong.push(...(await settled(() => ground.leftovers())))
  return wrong
}

/** Sessions and folders go just after a run's end is told. */
async function settled(look: () => string[]): Promise<string[]> {
  for (let tries = 0; ; tries++) {
    const wrong = look()
    if (wrong.length === 0 || tries === 100) return wrong
    await pause(50)
  }
}
