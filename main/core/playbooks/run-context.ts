import { renderCommand } from '../../../shared/format/shell.ts'
import type { Command } from '../../../shared/model/command.ts'
import { problemOf } from '../../../shared/model/problem.ts'
import type { PreviewCommand } from '../../../shared/model/run.ts'
import type { Step } from '../../../shared/playbook/schema.ts'
import type { Environment } from '../environment.ts'
import type { Hosts } from '../hosts/index.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { collect } from './collect.ts'
import { approved } from './commands.ts'
import type { OutputBatches } from './output.ts'
import { planContext } from './planner.ts'
import type { Redaction } from './redaction.ts'
import type { RunContext, StepPlan } from './steps/step.ts'
import * as store from './store.ts'
import type { ResolvedValues } from './values.ts'

/** What a step may do while it runs: commands of its plan, and notes on what it did. */
export function runContext(
  run: {
    db: WritableDatabase
    hosts: Hosts
    environment: Environment
    runId: string
    values: ResolvedValues
    redaction: Redaction
    output: OutputBatches
  },
  { step, index, plan }: { step: Step; index: number; plan: StepPlan },
  { signal, journal, tell }: { signal: AbortSignal; journal: RunContext['journal']; tell(): void },
): RunContext {
  const { db, hosts, environment, runId, values, redaction, output } = run
  const base = planContext(hosts, environment, values)
  const line = (hostId: string, stream: 'stdout' | 'stderr' | 'note', text: string) =>
    output.add({
      at: environment.now(),
      step: step.id,
      host: base.hostName(hostId),
      stream,
      text: redaction.text(text),
    })
  const guard = (hostId: string, command: Command): PreviewCommand => approved(plan.commands, hostId, command, runId)
  const execute: RunContext['execute'] = async (hostId, command, options = {}) => {
    const planned = guard(hostId, command)
    const journalled = !(planned.readOnly && options.quiet)
    if (journalled)
      journal('command', hostId, renderCommand(command, { reveal: false }).text, {
        purpose: planned.purpose,
      })
    try {
      const result = await collect(hosts, hostId, command, {
        secrets: values.secrets,
        live: options.live ?? false,
        signal: options.cleanup ? AbortSignal.timeout(60_000) : signal,
        line: (stream, text) => {
          if (!options.quiet) line(hostId, stream, text)
        },
      })
      if (journalled)
        journal('command-ended', hostId, `Exit code ${result.exitCode ?? result.signal}.`, {
          exitCode: result.exitCode,
          durationMs: Math.round(result.durationMs),
        })
      return result
    } catch (error) {
      if (journalled) journal('command-failed', hostId, problemOf(error).fact)
      throw error
    }
  }
  return {
    ...base,
    runId,
    plan,
    signal,
    get memory() {
      return store.readMemory(db, runId, index)
    },
    remember(part) {
      store.writeMemory(db, runId, index, { ...store.readMemory(db, runId, index), ...part })
    },
    execute,
    stands: (text) => {
      store.writeMemory(db, runId, index, { ...store.readMemory(db, runId, index), stands: text })
    },
    read: async (hostId, command) => {
      guard(hostId, command)
      const chunks: Buffer[] = []
      await hosts.stream(hostId, command, { onStdout: (chunk) => chunks.push(chunk), onStderr: () => {}, signal })
      return Buffer.concat(chunks)
    },
    journal,
    line,
    progress: (ratio, text) => {
      store.writeProgress(db, runId, index, ratio === null ? null : Math.min(1, Math.max(0, ratio)), text)
      tell()
    },
    prove: (proof) => {
      store.insertProof(db, runId, redaction.deep(proof))
      journal('proof', null, `${proof.title}: ${proof.equal ? 'equal' : 'different'}.`, {
        rows: proof.rows.length,
        equal: proof.equal,
      })
    },
  }
}
