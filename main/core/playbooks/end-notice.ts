import type { Notice } from '../../../shared/model/alert.ts'
import type { Run } from '../../../shared/model/run.ts'

const ENDS: Readonly<Partial<Record<Run['state'], string>>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  stopped: 'stopped',
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
    severity: run.state === 'succeeded' ? 'info' : 'warning',
    title: run.waiting ? `${run.name} waits for you` : `${run.name} ${end}`,
    body: run.waiting ? `At "${run.waiting.step}".` : (run.outcome ?? run.problem?.fact ?? ''),
    href: `#/runs/${encodeURIComponent(run.id)}`,
  }
}
