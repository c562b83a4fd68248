import type {
  Audit,
  HostLock,
  JournalEntry,
  OutputLine,
  PlaybookSummary,
  Preview,
  Proof,
  Run,
} from '../../../shared/model/run.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Workspace } from '../workspace/index.ts'
import type { UserPlaybooks } from './user-playbooks.ts'

/** Values of a playbook's parameters as the operator gave them; secrets come in here once and are kept as `Secret`. */
export type ParameterValues = Record<string, string | number | boolean>

/** What the core offers about playbooks and their runs. Every method throws `HeadroomError` with a stable code. */
export interface Playbooks {
  list(): PlaybookSummary[]
  /** Their names by id. */
  names(): ReadonlyMap<string, string>
  /** The operator's own playbooks, to write. */
  readonly files: UserPlaybooks
  /** Reads only: checks the parameters, connects, runs every check and returns the exact commands. */
  preview(playbookId: string, parameters: ParameterValues, options?: { rehearsal?: boolean }): Promise<Preview>
  /** Previews again and starts when the hash is the same; PREVIEW_CHANGED, HOST_BUSY, or the first problem of the preview otherwise. */
  start(
    playbookId: string,
    parameters: ParameterValues,
    previewHash: string,
    options?: { rehearsal?: boolean },
  ): Promise<Run>
  /** Plans as `preview` does, and writes down how a person does the same; `byHand` names steps that have no counterpart. */
  handOver(
    playbookId: string,
    parameters: ParameterValues,
    format: 'script' | 'ansible',
  ): Promise<{ fileName: string; text: string; byHand: string[] }>
  /** All journals as verified last, at the start or since; `now` verifies anew. */
  audit(now?: boolean): Promise<Audit>
  /** All journals of runs that began from then on, in one document. */
  exportAudit(format: 'markdown' | 'json', from: number): { fileName: string; text: string }
  /** All runs, newest first. */
  runs(): Run[]
  run(runId: string): Run
  /** Asks a run to stop, or closes an interrupted one: what it left on the hosts is ended and removed. */
  stop(runId: string): Promise<Run>
  /** Goes on from the first step that did not succeed. SECRET_NEEDED when a secret was not kept. */
  resume(runId: string, secrets: Record<string, string>): Promise<Run>
  /** Agrees to what a run waits for, and lets it go on. NOT_WAITING, APPROVAL_MISMATCH */
  approve(runId: string, stepId: string, typed: string): Promise<Run>
  /**
   * Agrees to the command that a resumed run holds (COMMAND_CHANGED), by the digest of what was shown; the run then waits to be
   * resumed or stopped. NOTHING_TO_AGREE, AGREEMENT_MISMATCH
   */
  agree(runId: string, digest: string): Promise<Run>
  /** Leaves out the next step of a run that stands still. SKIP_REASON, RUN_GOING_ON, STEP_NOT_NEXT */
  skip(runId: string, stepId: string, reason: string): Promise<Run>
  /** Takes back every step from the last one down to this. UNDO_IRREVERSIBLE names the step that cannot be. */
  undo(runId: string, stepId: string, secrets: Record<string, string>): Promise<Run>
  /**
   * Who holds which server. `stale`: nobody drives that run any more. `elsewhere`: a run of another workspace, as the lock
   * on the server said when a run of this one wanted it.
   */
  locks(): HostLock[]
  /**
   * Takes a server away from a run that nobody drives, also from one of another workspace that gave no sign of life for
   * five minutes. BREAK_REASON, LOCK_HELD, LOCK_FREE
   */
  breakLock(hostId: string, reason: string): Promise<void>
  /** The run now and after every change, until it ends or the signal fires. */
  follow(runId: string, signal?: AbortSignal): AsyncGenerator<Run>
  output(runId: string, afterSeq: number, limit: number): { lines: OutputLine[]; more: boolean }
  journal(runId: string): { entries: JournalEntry[]; intact: boolean; brokenAt: number | null }
  exportJournal(runId: string, format: 'markdown' | 'json'): { fileName: string; text: string }
  proofs(runId: string): Proof[]
  /** Counts and compares both sides again, now. */
  proveAgain(runId: string, secrets: Record<string, string>): Promise<Proof>
  close(): Promise<void>
}

export interface PlaybooksDeps {
  workspace: Workspace
  hosts: Hosts
  environment: Environment
  events: EventHub
  /** What `metric-check` reads; without it such steps find nothing measured. */
  metrics?: Pick<Metrics, 'series' | 'samples' | 'complete'> | null
  /** Files made of the plan, for steps that name one. */
  artifact?: (reference: string) => string
}
