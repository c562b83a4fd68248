import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import type { HandedAction, HandedCommand } from '../../../../../shared/playbook/export/model.ts'
import type { PlanContext, StepPlan } from '../step.ts'
import { type MoveStep, PlannedSchema, sidesOf } from './planned.ts'
import { PSQL, sideCommand } from './side.ts'
import { countCommand, createCommand, freezeCommand, unfreezeCommand } from './statements.ts'
import { switchOf } from './switch.ts'

/** Dumps and loads take as long as they take. */
const NO_LIMIT_MS = 7 * 86_400_000

/**
 * The move as a pipe through the computer at hand, compared on both sides; null where it is more than that: a
 * replication, or an application that is led over.
 */
export function handedMove(
  step: MoveStep,
  plan: StepPlan,
  context: PlanContext,
  tools: { command(hostId: string, command: Command): HandedCommand },
): HandedAction | null {
  const parsed = PlannedSchema.safeParse(plan.facts)
  const sides = sidesOf(step, context)
  if (!parsed.success || parsed.data.logical || switchOf(step, sides, context) !== null) return null
  const planned = parsed.data
  const { source, target } = sides
  const own = planned.copy.owners === 'target-user' ? ' --no-owner --no-privileges' : ''
  const at = (hostId: string, command: Command) => tools.command(hostId, command)
  return {
    do: 'database',
    sourceId: source.hostId,
    targetId: target.hostId,
    freeze: planned.freeze ? at(source.hostId, freezeCommand(sides)) : null,
    thaw: planned.freeze ? at(source.hostId, unfreezeCommand(sides)) : null,
    create: planned.create ? at(target.hostId, onlyCreate(createCommand(sides, planned))) : null,
    dump: at(
      source.hostId,
      sideCommand(source, `source_tool pg_dump${own} -d ${quoteWord(source.database)} </dev/null`, NO_LIMIT_MS),
    ),
    load: at(
      target.hostId,
      sideCommand(target, `target_tool ${PSQL} -o /dev/null -1 -f - -d ${quoteWord(target.database)}`, NO_LIMIT_MS),
    ),
    countSource: at(source.hostId, countCommand(source)),
    countTarget: at(target.hostId, countCommand(target)),
  }
}

/** A run drops what an earlier try of its own made; a script does not know what that is, so it drops nothing. */
const onlyCreate = (command: Command): Command => ({
  ...command,
  argv: command.argv.map((word) =>
    typeof word === 'string' ? word.replace(/^DROP DATABASE IF EXISTS .*\n/m, '') : word,
  ),
})
