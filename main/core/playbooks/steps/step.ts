import type { Command, CommandResult } from '../../../../shared/model/command.ts'
import { type Problem, wellEnded } from '../../../../shared/model/problem.ts'
import type { FileDiff, PreviewCommand, Proof } from '../../../../shared/model/run.ts'
import type { Secret } from '../../../../shared/model/secret.ts'
import type { Step, StepOf } from '../../../../shared/playbook/schema.ts'
import type { Environment } from '../../environment.ts'
import type { Hosts } from '../../hosts/index.ts'
import type { Metrics } from '../../metrics/index.ts'

/** Stands for the run's id in a plan's commands, because the id is not known before the run starts. */
export const RUN_TOKEN = 'this-run'

/** A playbook's values, checked. */
export interface Values {
  /**
   * The text with its parameters put in; a secret parameter throws. A later value (`${{ steps.ID.NAME }}`) stands in it
   * as a mark, in the plan and in the run alike: `RunContext.execute` puts the value in its place in a command, after
   * the command was compared with the plan; anywhere else use `shown` in the plan and `RunContext.now` in the run.
   */
  plain(template: string): string
  shell(template: string): string
  /** A text that may hold secrets, as one `Secret`; null when it comes out empty. A later secret is empty while planning. */
  secret(template: string): Secret | null
  /** The id of the host that a `host` text names. HOST_NOT_FOUND lists those there are, HOSTS_MANY: it names several. */
  hostId(template: string): string
  /** The ids that a `host` text names: one, or those of a parameter of the type hosts. */
  hostIds(template: string): string[]
}

/** What a step would do, found out by reading only. `facts` is what its run builds on; both are kept with the run. */
export interface StepPlan {
  hostIds: string[]
  alreadyDone: boolean
  commands: PreviewCommand[]
  /** How files would change; part of what is approved. */
  diffs: FileDiff[]
  notes: string[]
  irreversible: boolean
  problems: Problem[]
  warnings: string[]
  effects: string[]
  downtime: string | null
  /** The handler's `undo` has something to take back. For `run`: it has an undo command. */
  undoable: boolean
  facts: Record<string, unknown>
  /** The plan of each server, for a step that runs on several; the planner fills it in. */
  byHost?: Record<string, StepPlan>
  /** Whether `when` holds; the planner fills it in. Null: it turns on a later value. */
  holds?: boolean | null
}

export interface PlanContext {
  readonly hosts: Hosts
  readonly environment: Environment
  readonly values: Values
  hostName(hostId: string): string
  /** Measured series; null where nothing is measured. */
  readonly metrics: Pick<Metrics, 'series' | 'samples' | 'complete'> | null
  /** The text of a file made of the plan, by its id or stage/id; absent without a plan's area. */
  readonly artifact?: ((reference: string) => string) | undefined
  signal?: AbortSignal
  /** While planning: servers that an earlier step of the playbook changes. */
  readonly changedBefore?: ReadonlySet<string>
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
  /**
   * Runs a command of the plan in a session of its own on the host, so that it outlives the connection and this program.
   * A step has one such command at a time. Called again by a later try, it finds the one that is there, whether it goes
   * on or has ended, and never starts it twice. Its folder on the host goes once the step's end is written down.
   * @throws JOB_LOST where it ended without a result; COMMAND_TIMEOUT; `Interrupted` where it cannot be watched
   */
  detached(hostId: string, command: Command): Promise<CommandResult>
  /** Ends and removes what `detached` left on the host; nothing where it left nothing. */
  endDetached(hostId: string, command: Command): Promise<void>
  /** The bytes that a reading command of the plan prints; neither shown nor journalled. */
  read(hostId: string, command: Command): Promise<Buffer>
  /** Says in a sentence how things stand at the hosts from now on; told when the run does not end well. */
  stands(text: string): void
  /** A change outside of commands, or a fact worth keeping. */
  journal(kind: string, hostId: string | null, text: string, data?: Record<string, unknown>): void
  line(hostId: string, stream: 'stdout' | 'stderr' | 'note', text: string): void
  progress(ratio: number | null, text: string | null): void
  prove(proof: Proof): void
  /** A text of `values.plain` with its later values put in; for what is no command, such as a URL. */
  now(text: string): string
  /** Hides a secret that this step has learnt, in everything the run shows and keeps from now on. */
  conceal(secret: Secret): void
}

/** Later values by their names. They are single lines where they are to stand in `env` of a command as secrets. */
export type RegisteredValues = Record<string, string | Secret>

/** What a step's run comes to. `wait`: a person has to act, then resume the run. */
export type StepOutcome =
  | { kind: 'done'; outcome?: string; registered?: RegisteredValues }
  | { kind: 'skip'; registered?: RegisteredValues }
  | { kind: 'wait'; outcome: string }

/**
 * What a kind of step does. A step that runs on several servers is handed over once for each, with `host` naming that
 * one: handlers know of one server only, and so do their `memory` and `plan`.
 */
export interface StepHandler<K extends Step['kind'] = Step['kind']> {
  plan(step: StepOf<K>, context: PlanContext): Promise<StepPlan>
  run(step: StepOf<K>, context: RunContext): Promise<StepOutcome>
  /** Takes back what a step did that succeeded, by commands of its plan whose purpose is `undo`. Safe to do twice. */
  undo?(step: StepOf<K>, context: RunContext): Promise<void>
  /** Ends and removes what a stopped or interrupted try left on the hosts. */
  abandon?(step: StepOf<K>, context: RunContext): Promise<void>
  /** Compares again, for steps that leave a proof. */
  prove?(step: StepOf<K>, context: PlanContext & { plan: StepPlan }): Promise<Proof>
}

export const emptyPlan = (): StepPlan => ({
  hostIds: [],
  alreadyDone: false,
  commands: [],
  diffs: [],
  notes: [],
  irreversible: false,
  problems: [],
  warnings: [],
  effects: [],
  downtime: null,
  undoable: false,
  facts: {},
})

/** The work goes on at the host, but this side lost sight of it: the run is interrupted, not failed. */
export class Interrupted extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.fact)
    this.problem = { ...problem, fact: wellEnded(problem.fact) }
  }
}
