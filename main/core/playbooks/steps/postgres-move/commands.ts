import type { Command } from '../../../../../shared/model/command.ts'
import type { PreviewCommand } from '../../../../../shared/model/run.ts'
import { previewOf } from '../../commands.ts'
import type { DetachedCommands } from '../../detached.ts'
import type { PlanContext, Purpose } from '../step.ts'
import { copyCommands } from './copy.ts'
import type { PlannedFiles } from './cutover.ts'
import { logicalCommands } from './logical-job.ts'
import type { MoveStep, Planned, Sides } from './planned.ts'
import { probeCommands, relayCommands } from './relay-job.ts'
import type { Side } from './side.ts'
import {
  countCommand,
  createCommand,
  dropCommand,
  endCopyCommand,
  freezeCommand,
  unfreezeCommand,
} from './statements.ts'
import type { Switch } from './switch.ts'

/** Every command the run may send beside the checks, in the order it sends them. `files`: those that change the application's file. */
export function commandsOf(
  step: MoveStep,
  sides: Sides,
  planned: Planned,
  switching: Switch | null,
  files: PlannedFiles,
  context: PlanContext,
): PreviewCommand[] {
  const { source, target } = sides
  const { hostId } = planned.copy.route
  const commands: PreviewCommand[] = []
  const add = (host: string, command: Command, purpose: Purpose, detached = false) =>
    commands.push(
      previewOf(context, host, command, purpose, { detached, readOnly: purpose === 'check' || purpose === 'verify' }),
    )
  const at = (side: Side, command: Command, purpose: Purpose) => add(side.hostId, command, purpose)
  const job = ({ launch, poll, remove, cancel }: DetachedCommands) => {
    add(hostId, launch, 'run', true)
    add(hostId, poll, 'check')
    for (const command of [remove, cancel]) add(hostId, command, 'cleanup')
  }
  const atApplication = (command: Command | null, purpose: Purpose) => {
    if (switching && command) for (const host of switching.hostIds) add(host, command, purpose)
  }
  if (!planned.logical) {
    atApplication(switching?.before ?? null, 'run')
    if (planned.freeze) at(source, freezeCommand(sides), 'run')
  }
  if (planned.create) at(target, createCommand(sides, planned), 'run')
  if (planned.logical) {
    const logical = logicalCommands(planned.logical, source, target, step.id)
    job(logical.guard)
    job(logical.job)
    atApplication(switching?.before ?? null, 'run')
    add(hostId, logical.stop, 'run')
    for (const command of logical.clean) add(hostId, command, 'cleanup')
  } else if (planned.relay) {
    const { dump, load } = relayCommands(planned.relay, planned.copy, source, target)
    const { give, take } = probeCommands()
    if (planned.relay.packing !== 'none') {
      at(source, give, 'check')
      at(target, take, 'check')
    }
    at(source, dump, 'run')
    at(target, load, 'run')
  } else job(copyCommands(planned.copy, source, target, step.id))
  at(source, endCopyCommand(source, source.database), 'cleanup')
  at(target, endCopyCommand(target, planned.base), 'cleanup')
  at(source, countCommand(source), 'verify')
  at(target, countCommand(target), 'verify')
  commands.push(...files.commands.filter(({ purpose }) => purpose === 'run'))
  atApplication(switching?.restart ?? null, 'run')
  atApplication(switching?.check ?? null, 'verify')
  commands.push(...files.commands.filter(({ purpose }) => purpose !== 'run'))
  if (planned.freeze) at(source, unfreezeCommand(sides), switching ? 'undo' : 'cleanup')
  if (planned.create) at(target, dropCommand(sides, planned), 'undo')
  return commands
}
