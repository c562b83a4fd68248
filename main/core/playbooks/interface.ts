import type { JournalEntry, OutputLine, PlaybookSummary, Preview, Proof, Run } from '../../../shared/model/run.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Workspace } from '../workspace/index.ts'

/** Values of a playbook's parameters as the operator gave them; secrets come in here once and are kept as `Secret`. */
export type ParameterValues = Record<string, string | number | boolean>

/** What the core offers about playbooks and their runs. Every method throws `HeadroomError` with a stable code. */
export interface Playbooks {
  list(): PlaybookSummary[]
  /** Reads only: checks the parameters, connects, runs every check and returns the exact commands. */
  preview(playbookId: string, parameters: ParameterValues): Promise<Preview>
  /** Previews again and starts when the hash is the same; PREVIEW_CHANGED, HOST_BUSY, or the first problem of the preview otherwise. */
  start(playbookId: string, parameters: ParameterValues, previewHash: string): Promise<Run>
  /** All runs, newest first. */
  runs(): Run[]
  run(runId: string): Run
  /** Asks a run to stop, or closes an interrupted one: what it left on the hosts is ended and removed. */
  stop(runId: string): Promise<Run>
  /** Goes on from the first step that did not succeed. SECRET_NEEDED when a secret was not kept. */
  resume(runId: string, secrets: Record<string, string>): Promise<Run>
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
}
