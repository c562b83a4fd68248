import type { Artifact, ArtifactKind } from '../model/artifact.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import { oneLine } from './told.ts'
import type { Workload } from './workload.ts'

/** Where a machine of the plan answers, known by the name or id of its node, or of a service. */
export interface Machine {
  name: string
  address: string
  port: number | null
  user: string | null
}

/** What a maker of files is given. */
export interface Making {
  plan: Plan
  stage: Stage
  /** What the stage runs itself. */
  workloads: readonly Workload[]
  machines: readonly Machine[]
}

/** A file as its maker hands it over. */
export type Made = Omit<Artifact, 'kind' | 'fits' | 'sources' | 'executable' | 'notes' | 'open' | 'subject'> & {
  kind: ArtifactKind
  subject?: string
  executable?: boolean
  open?: string[]
  notes?: string[]
  /** False where the stage uses something else for it. */
  fits?: boolean
  sources: readonly string[]
}

/** The files of one kind, or why there is none. */
export type Outcome = readonly Made[] | { left: string }

/** The lines every file begins with. */
export function headOf({ plan, stage }: Making, what: string): string[] {
  return [
    oneLine(`${what} of "${stage.name}", made from the plan "${plan.name}" (stages[${stage.id}]).`),
    'Each value names the row of the plan it comes from; change it there and make the file again.',
  ]
}

/** The address of a node or service as far as a known machine is called like it. */
export function addressOf({ machines }: Making, ...names: readonly string[]): string | null {
  const wanted = names.map((name) => name.toLowerCase())
  return machines.find(({ name }) => wanted.includes(name.toLowerCase()))?.address ?? null
}

/** A name that never resolves (RFC 2606), for an address or image that the plan does not say. */
export const unknownHost = (name: string): string => `${name}.invalid`
