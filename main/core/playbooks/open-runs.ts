import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Run } from '../../../shared/model/run.ts'
import type { ReadableDatabase } from '../workspace/index.ts'

/** States of a run in which something of it may go on at its servers. */
const MAY_GO_ON: readonly string[] = ['running', 'stopping', 'interrupted']

/** @throws RESTORE_DURING_RUN: afterwards nobody would know of the run, while its commands go on at the servers */
export function refuseDuringRun(runs: readonly Pick<Run, 'id' | 'name' | 'state'>[]): void {
  const run = runs.find(({ state }) => MAY_GO_ON.includes(state))
  if (!run) return
  throw new HeadroomError({
    code: 'RESTORE_DURING_RUN',
    fact: `The run "${run.name}" is ${run.state}: something of it may be going on at its servers, and a restored workspace would not know of it.`,
    fix: `Let it end or stop it (headroom runs stop ${run.id}), then restore.`,
    details: { runId: run.id },
  })
}

/** As `refuseDuringRun`, for the file of a workspace that nobody has open: a run that was going on then is interrupted. */
export function refuseDuringClosedRun(app: ReadableDatabase): void {
  // A file of before there were runs.
  if (app.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'playbook_run'").get() === undefined) return
  const rows = app.prepare('SELECT id, name, state FROM playbook_run ORDER BY created_at DESC').all()
  refuseDuringRun(
    (rows as Pick<Run, 'id' | 'name' | 'state'>[]).map((run) =>
      MAY_GO_ON.includes(run.state) ? { ...run, state: 'interrupted' } : run,
    ),
  )
}
