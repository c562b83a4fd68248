import type { Command, CommandResult } from '../../../../shared/model/command.ts'
import type { Problem } from '../../../../shared/model/problem.ts'
import type { PreviewCommand, Proof } from '../../../../shared/model/run.ts'
import type { Secret } from '../../../../shared/model/secret.ts'
import type { Step, StepOf } from '../../../../shared/playbook/schema.ts'
import type { Environment } from '../../environment.ts'
import type { Hosts } from '../../hosts/index.ts'

/** Stands for the run's id in a plan's commands, because the id is not known before the run starts. */
export const RUN_TOKEN = 'this-run'

/** A playbook's values, checked. */
export interface Values {
  /** The text with its parameters put in; a secret parameter throws. */
  plain(template: string): string
  shell(template: string): string
  /** A text that may hold secrets, as one `Secret`; null when it comes out empty. */
  secret(template: string): Secret | null
  /** The id of the host that a `host` text names. HOST_NOT_FOUND lists those there are. */
  hostId(template: string): string
}

/** What a step would do, found out by reading only. `facts` is what its run builds on; both are kept with the run. */
export interface StepPlan {
  hostIds: string[]
  alreadyDone: boolean
  commands: PreviewCommand[]
  notes: string[]
  irreversible: boolean
  problems: Problem[]
  warnings: string[]
  effects: string[]
  downtime: string | null
  facts: Record<string, unknown>
}

export interface PlanContext {
  readonly hosts: Hosts
  readonly environment: Environment
  readonly values: Values
  hostName(hostId: string): string
  signal?: AbortSignal
}

export type Purpose = PreviewCommand['purpose']

export interface RunContext extends PlanContext {
  readonly runId: string
  readonly plan: StepPlan
  readonly signal: AbortSignal
  /** What the step wrote down for itself, also by an earlier try. */
  readonly memory: Readonly<Record<string, unknown>>
  remember(part: Record<string, unknown>): void
  /**
   * Runs a command of the plan, journalled before and after. PREVIEW_CHANGED when the plan has no such command.
   * `quiet`: its output is not shown, and a reading is not journalled. `live`: no limit on the size of the output.
   * `cleanup`: runs although the run was told to stop.
   */
  execute(
    hostId: string,
    command: Command,
    options?: { quiet?: boolean; live?: boolean; cleanup?: boolean },
  ): Promise<CommandResult>
  /** The bytes that a reading command of the plan prints; neither shown nor journalled. */
  read(hostId: string, command: Command): Promise<Buffer>
  /** Says in a sentence how things stand at the hosts from now on; told when the run does not end well. */
  stands(text: string): void
  /** A change outside of commands, or a fact worth keeping. */
  journal(kind: string, hostId: string | null, text: string, data?: Record<string, unknown>): void
  line(hostId: string, stream: 'stdout' | 'stderr' | 'note', text: string): void
  progress(ratio: number | null, text: string | null): void
  prove(proof: Proof): void
}

/** What a step's run comes to. `wait`: a person has to act, then resume the run. */
export type StepOutcome = { kind: 'done'; outcome?: string } | { kind: 'skip' } | { kind: 'wait'; outcome: string }

export interface StepHandler<K extends Step['kind'] = Step['kind']> {
  plan(step: StepOf<K>, context: PlanContext): Promise<StepPlan>
  run(step: StepOf<K>, context: RunContext): Promise<StepOutcome>
  /** Ends and removes what a stopped or interrupted try left on the hosts. */
  abandon?(step: StepOf<K>, context: RunContext): Promise<void>
  /** Compares again, for steps that leave a proof. */
  prove?(step: StepOf<K>, context: PlanContext & { plan: StepPlan }): Promise<Proof>
}

export const emptyPlan = (): StepPlan => ({
  hostIds: [],
  alreadyDone: false,
  commands: [],
  notes: [],
  irreversible: false,
  problems: [],
  warnings: [],
  effects: [],
  downtime: null,
  facts: {},
})

/** The work goes on at the host, but this side lost sight of it: the run is interrupted, not failed. */
export class Interrupted extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.fact)
    this.problem = problem
  }
}
