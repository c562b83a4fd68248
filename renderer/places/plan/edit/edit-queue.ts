import type { StageCost } from '../../../../shared/contract/contract.ts'
import type { Edit } from '../../../../shared/model/edit.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { HeadroomError, type Problem } from '../../../../shared/model/problem.ts'
import { editPlan } from '../../../../shared/planning/check-edit.ts'
import { applyEdit } from '../../../../shared/planning/edit-plan.ts'
import { describeEdit } from '../../../../shared/planning/edit-words.ts'

/** The plan as this window shows it. */
export interface PlanInHand {
  plan: Plan
  costs: StageCost[]
  /** The newest revision that the engine has confirmed. */
  revision: number
  undo: string | null
  redo: string | null
}

interface Confirmed {
  revision: number
  costs: StageCost[]
  undo: string | null
  redo: string | null
}
type Stepped = Confirmed & { reason: string; change: Edit | null }

/** An edit that stands here and is not confirmed yet, with its words. */
interface Waiting {
  edit: Edit
  token: string
  what: string
}

/** What the queue needs of the window and the engine. */
export interface QueuePorts {
  read(): PlanInHand | null
  write(plan: PlanInHand): void
  send(input: { base: number; edit: Edit; token: string }): Promise<Confirmed>
  step(way: 'undo' | 'redo'): Promise<Stepped>
  /** Reads the plan from the engine. */
  reload(): Promise<PlanInHand | null>
  problemOf(error: unknown): Problem
  newToken(): string
  /** Resolves when it is worth trying again after the line was lost. */
  pause(): Promise<void>
  /** An edit that stood on the screen and could not be kept. */
  lost(problem: Problem, what: string): void
}

/**
 * Edits are carried out here at once and confirmed by the engine one after the other. When another window was first, the
 * waiting edits are made again on what that one left; an edit that then no longer fits is reported, not dropped silently.
 */
export class EditQueue {
  readonly #ports: QueuePorts
  #waiting: Waiting[] = []
  #running: Promise<void> | null = null
  #listeners = new Set<() => void>()

  constructor(ports: QueuePorts) {
    this.#ports = ports
  }

  get busy(): boolean {
    return this.#running !== null
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The problem that keeps the edit from being made, or null when it stands. */
  edit(edit: Edit): Problem | null {
    const hand = this.#ports.read()
    if (!hand) return null
    try {
      const { plan } = editPlan(hand.plan, edit)
      if (plan === hand.plan) return null
      const what = describeEdit(hand.plan, edit)
      this.#ports.write({ ...hand, plan, undo: what, redo: null })
      this.#waiting.push({ edit, token: this.#ports.newToken(), what })
    } catch (error) {
      if (error instanceof HeadroomError) return error.problem
      throw error
    }
    void this.#run(() => this.#confirm())
    return null
  }

  /** Takes a step along the history once all edits are confirmed. @returns what was undone or done again, in words */
  async step(way: 'undo' | 'redo'): Promise<string> {
    while (this.#running) await this.#running
    let said = ''
    let failure: unknown = null
    await this.#run(async () => {
      try {
        const { change, reason, ...confirmed } = await this.#ports.step(way)
        said = reason
        const hand = this.#ports.read()
        if (change && hand) this.#take({ ...hand, plan: applyEdit(hand.plan, change).plan }, confirmed)
        else await this.#again()
      } catch (error) {
        failure = error
      }
    })
    if (failure !== null) throw failure
    return said
  }

  #run(work: () => Promise<void>): Promise<void> {
    this.#running ??= work().finally(() => {
      this.#running = null
      this.#tell()
      if (this.#waiting.length > 0) void this.#run(() => this.#confirm())
    })
    this.#tell()
    return this.#running
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  async #confirm(): Promise<void> {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const { edit, token, what } = next
      try {
        const base = this.#ports.read()?.revision ?? 0
        const confirmed = await this.#ports.send({ base, edit, token })
        this.#waiting.shift()
        const hand = this.#ports.read()
        if (hand) this.#take(hand, confirmed)
      } catch (error) {
        const problem = this.#ports.problemOf(error)
        if (problem.code === 'CORE_GONE') {
          await this.#ports.pause()
          continue
        }
        if (problem.code !== 'PLAN_CHANGED_ELSEWHERE') {
          this.#waiting.shift()
          this.#ports.lost(problem, what)
        }
        await this.#again()
      }
    }
  }

  /** Reads the plan and makes the waiting edits on it again. */
  async #again(): Promise<void> {
    let hand: PlanInHand | null
    try {
      hand = await this.#ports.reload()
    } catch {
      await this.#ports.pause()
      return
    }
    if (!hand) {
      this.#waiting = []
      return
    }
    const kept: Waiting[] = []
    let { plan } = hand
    for (const one of this.#waiting) {
      try {
        plan = editPlan(plan, one.edit).plan
        kept.push(one)
      } catch (error) {
        this.#ports.lost(this.#ports.problemOf(error), one.what)
      }
    }
    this.#waiting = kept
    this.#ports.write({ ...hand, plan })
  }

  #take(hand: PlanInHand, { revision, costs, undo, redo }: Confirmed): void {
    const fresh = new Map(costs.map((cost) => [cost.stage, cost]))
    const known = new Map(hand.costs.map((cost) => [cost.stage, cost]))
    const merged = hand.plan.stages.flatMap((stage) => fresh.get(stage.id) ?? known.get(stage.id) ?? [])
    const still = this.#waiting.length > 0
    this.#ports.write({
      ...hand,
      costs: merged,
      revision,
      undo: still ? hand.undo : undo,
      redo: still ? hand.redo : redo,
    })
  }
}
