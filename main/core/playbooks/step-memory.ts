import type { Problem } from '../../../shared/model/problem.ts'
import type { HostStep } from '../../../shared/model/run.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { hostsIn } from './host-memory.ts'
import * as store from './store.ts'

/** What a step wrote down for itself. On several servers, each has its own. */
export interface StepMemory {
  read(): Record<string, unknown>
  write(part: Record<string, unknown>): void
}

export function memoryOfStep(db: WritableDatabase, runId: string, index: number): StepMemory {
  const read = () => store.readMemory(db, runId, index)
  return { read, write: (part) => store.writeMemory(db, runId, index, { ...read(), ...part }) }
}

export function memoryOfHost(db: WritableDatabase, runId: string, index: number, hostId: string): StepMemory {
  const step = memoryOfStep(db, runId, index)
  const one = () => hostsIn(step.read())[hostId]
  return {
    read: () => one()?.memory ?? {},
    write(part) {
      const hosts = hostsIn(step.read())
      const own = hosts[hostId]
      if (own) step.write({ hosts: { ...hosts, [hostId]: { ...own, memory: { ...own.memory, ...part } } } })
    },
  }
}

/** Notes how far a server is with a step that runs on several. */
export function writeHostState(
  db: WritableDatabase,
  { runId, index }: { runId: string; index: number },
  host: { id: string; name: string },
  change: { state: HostStep['state']; problem?: Problem | null },
): void {
  const step = memoryOfStep(db, runId, index)
  const hosts = hostsIn(step.read())
  const before = hosts[host.id] ?? { name: host.name, state: 'pending', problem: null, memory: {} }
  step.write({ hosts: { ...hosts, [host.id]: { ...before, problem: null, ...change } } })
}
