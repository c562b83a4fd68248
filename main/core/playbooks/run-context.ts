import { inTexts, renderCommand } from '../../../shared/format/shell.ts'
import type { Command } from '../../../shared/model/command.ts'
import { problemOf } from '../../../shared/model/problem.ts'
import type { PreviewCommand } from '../../../shared/model/run.ts'
import type { Step } from '../../../shared/playbook/schema.ts'
import type { Environment } from '../environment.ts'
import type { Hosts } from '../hosts/index.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import type { Agreement } from './agreement.ts'
import { collect } from './collect.ts'
import { approved } from './commands.ts'
import { endDetached, type JobContext, type Printed, runDetached } from './job.ts'
import type { OutputBatches } from './output.ts'
import { planContext } from './planner.ts'
import type { Redaction } from './redaction.ts'
import type { StepMemory } from './step-memory.ts'
import type { PlanContext, Purpose, RunContext, StepPlan } from './steps/step.ts'
import * as store from './store.ts'
import type { ResolvedValues } from './values.ts'

/** What all steps of a run share. */
export interface RunParts {
  db: WritableDatabase
  hosts: Hosts
  environment: Environment
  metrics: PlanContext['metrics']
  artifact?: PlanContext['artifact']
  runId: string
  redaction: Redaction
  output: OutputBatches
  /** What was agreed to since the review; null while the run was never resumed. */
  agreements: readonly Agreement[] | null
  /** The fingerprints of the keys that a host is trusted by. */
  hostKeys(hostId: string): string[]
}

/** What a step may do while it runs: commands of its plan, and notes on what it did. */
export function runContext(
  run: RunParts,
  values: ResolvedValues,
  { step, index, plan, memory }: { step: Step; index: number; plan: StepPlan; memory: StepMemory },
  { signal, journal, tell }: { signal: AbortSignal; journal: RunContext['journal']; tell(): void },
): RunContext {
  const { db, hosts, environment, runId, redaction, output } = run
  const base = planContext(run, values)
  const line = (hostId: string, stream: 'stdout' | 'stderr' | 'note', text: string) =>
    output.add({
      at: environment.now(),
      step: step.id,
      host: base.hostName(hostId),
      stream,
      text: redaction.text(text),
    })
  const resumed = run.agreements && { agreements: run.agreements, hostName: base.hostName }
  const guard = (hostId: string, command: Command): PreviewCommand =>
    approved(plan.commands, hostId, command, runId, resumed)
  const filled = (command: Command): Command => inTexts(command, values.now)
  /** Journals a command before and after it runs. */
  const journalled = async <T extends Printed>(
    hostId: string,
    command: Command,
    purpose: Purpose,
    work: () => Promise<T>,
  ): Promise<T> => {
    const { text } = renderCommand(command, { reveal: false })
    journal('command', hostId, text, { purpose, hostKeys: run.hostKeys(hostId) })
    try {
      const result = await work()
      const { exitCode, durationMs, lines, digest } = result
      const outputSha256 = digest
      journal('command-ended', hostId, `Exit code ${exitCode ?? result.signal}.`, {
        ...{ exitCode, durationMs: Math.round(durationMs), lines, outputSha256 },
      })
      return result
    } catch (error) {
      journal('command-failed', hostId, problemOf(error).fact, { code: problemOf(error).code })
      throw error
    }
  }
  const execute: RunContext['execute'] = async (hostId, command, options = {}) => {
    const planned = guard(hostId, command)
    const work = () =>
      collect(hosts, hostId, filled(command), {
        secrets: values.secrets,
        live: options.live ?? false,
        signal: options.cleanup ? AbortSignal.timeout(60_000) : signal,
        line: (stream, text) => {
          if (!options.quiet) line(hostId, stream, text)
        },
        room: () => output.room(),
      })
    return planned.readOnly && options.quiet ? await work() : await journalled(hostId, command, planned.purpose, work)
  }
  const stands = (text: string) => memory.write({ stands: text })
  const readBytes = async (hostId: string, command: Command): Promise<Buffer> => {
    const chunks: Buffer[] = []
    await hosts.stream(hostId, command, { onStdout: (chunk) => void chunks.push(chunk), onStderr: () => {}, signal })
    return Buffer.concat(chunks)
  }
  const remember = (part: Record<string, unknown>) => memory.write(part)
  const job: JobContext = {
    ...{ runId, signal, environment, hosts, line, read: readBytes, remember, journal, stands },
    hostName: base.hostName,
    get memory() {
      return memory.read()
    },
    stepId: step.id,
    stepName: values.plain(step.name),
    secrets: values.secrets,
    room: () => output.room(),
    lastSeq: () => {
      output.flush()
      return store.lastSeq(db, runId)
    },
    linesAfter: (hostId, seq) => store.countLines(db, runId, { step: step.id, host: base.hostName(hostId), seq }),
  }
  return {
    ...base,
    runId,
    plan,
    signal,
    get memory() {
      return memory.read()
    },
    remember,
    execute,
    detached: async (hostId, command) => {
      // One that was begun is followed: nothing of it is sent again, so it need not be what this program would send now.
      const { purpose } = memory.read().job ? { purpose: 'run' as const } : guard(hostId, command)
      return await journalled(hostId, command, purpose, () => runDetached(job, hostId, filled(command)))
    },
    endDetached: (hostId, command) => endDetached(job, hostId, command),
    stands,
    read: async (hostId, command) => {
      guard(hostId, command)
      return await readBytes(hostId, filled(command))
    },
    journal,
    line,
    progress: (ratio, text) => {
      const shown = text === null ? null : redaction.text(text)
      store.writeProgress(db, runId, index, ratio === null ? null : Math.min(1, Math.max(0, ratio)), shown)
      tell()
    },
    prove: (proof) => {
      store.insertProof(db, runId, redaction.deep(proof))
      journal('proof', null, `${proof.title}: ${proof.equal ? 'equal' : 'different'}.`, {
        rows: proof.rows.length,
        equal: proof.equal,
      })
    },
    now: values.now,
    conceal: (secret) => void values.secrets.push(secret),
  }
}
