import type { Notice } from '../../../shared/model/alert.ts'
import type { Run } from '../../../shared/model/run.ts'

const ENDS: Readonly<Partial<Record<Run['state'], string>>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  // Where a person stopped it, they are not told; what is left has been undone.
  stopped: 'is undone',
  interrupted: 'was interrupted',
}

/** What the desktop says of a run that ended or waits for a person. Null while it goes on. */
export function endNotice(run: Run, at: number): Notice | null {
  const end = ENDS[run.state]
  if (end === undefined) return null
  return {
    id: `run/${run.id}/${at}`,
    at,
    kind: 'run',
    severity: run.state === 'failed' ? 'critical' : run.state === 'interrupted' ? 'warning' : 'info',
    title: run.waiting ? `${run.name} waits for you` : `${run.name} ${end}`,
    body: run.waiting
      ? `At "${run.waiting.step}".`
      : run.problem
        ? `${run.problem.fact} ${run.problem.fix}`
        : (run.outcome ?? ''),
    href: `#/runs/${encodeURIComponent(run.id)}`,
  }
}
