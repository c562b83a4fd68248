import type { Command } from '../../../shared/model/command.ts'
import type { PreviewCommand } from '../../../shared/model/run.ts'
import type { HandedAction, HandedCommand, Text } from '../../../shared/playbook/export/model.ts'
import { textOf } from '../../../shared/playbook/export/model.ts'
import { shownLater } from '../../../shared/playbook/later.ts'
import type { Step, StepOf } from '../../../shared/playbook/schema.ts'
import { placeOf } from './steps/files/handler.ts'
import { fill, syntaxOf } from './steps/files/syntax.ts'
import { templateSource } from './steps/files/template.ts'
import { expand, isOn } from './steps/files/texts.ts'
import { handedMove } from './steps/postgres-move/handover.ts'
import { commandsOf } from './steps/run.ts'
import type { PlanContext, StepPlan } from './steps/step.ts'
import { portOf, waitCommand } from './steps/wait-for.ts'

/** How a step's texts become those that are handed over. Secrets in them are marks. */
export interface HandoverTools {
  command(hostId: string, command: Command): HandedCommand
  text(text: string): Text
  variable(name: string): string
  seconds(duration: string): number
  /** A text that is shown with nothing hidden in it. */
  knows(shown: string): boolean
}

/** What a step does on one server, or on none, as a person does it. */
export function handedAction(step: Step, plan: StepPlan, context: PlanContext, tools: HandoverTools): HandedAction[] {
  switch (step.kind) {
    case 'run':
      return [runAction(step, context, tools)]
    case 'template':
      return [templateAction(step, plan, context, tools)]
    case 'upload': {
      const { hostId, path, sudo, mode, owner, folders } = placeOf(step, context)
      const sha256 = String(plan.facts.digest ?? '')
      const from = context.values.plain(step.from)
      return [{ do: 'upload', hostId, from, sha256, path, mode, newMode: '0644', owner, sudo, folders }]
    }
    case 'edit-env':
      return [settingsAction(step, plan, context, tools)]
    case 'manual':
      return [{ do: 'ask', kind: 'manual', text: tools.text(context.values.plain(step.instructions)), type: null }]
    case 'approve': {
      const type = step.type === undefined ? null : context.values.plain(step.type)
      return [{ do: 'ask', kind: 'approve', text: tools.text(context.values.plain(step.text)), type }]
    }
    case 'http-check': {
      const url = context.values.plain(step.url)
      if (url !== shownLater(url)) return [byHand('The address is known only once an earlier step has run.', plan)]
      return [{ do: 'http', url, status: step.status, forS: tools.seconds(step.timeout) }]
    }
    case 'wait-for':
      return [waitAction(step, plan, context, tools)]
    case 'metric-check':
      return [byHand(`It looks at what Headroom measures: ${plan.notes.join(' ')}`, plan)]
    case 'postgres-move':
      return [handedMove(step, plan, context, tools) ?? byHand(whyNot(plan), plan)]
    default:
      return [sequenceOf(plan, tools)]
  }
}

const whyNot = (plan: StepPlan): string =>
  `A move by this strategy is led step by step while it goes on. ${plan.notes[0] ?? ''}`.trim()

function runAction(step: StepOf<'run'>, context: PlanContext, tools: HandoverTools): HandedAction {
  const hostId = context.values.hostId(step.host)
  const commands = commandsOf(step, context)
  const of = (command: Command | null) => (command === null ? null : tools.command(hostId, command))
  return {
    do: 'run',
    check: of(commands.check),
    run: tools.command(hostId, commands.run),
    verify: of(commands.verify),
    register: Object.entries(step.register ?? {}).map(([name, how]) => ({
      variable: tools.variable(name),
      how,
      secret: how !== 'trim' && how.secret === true,
    })),
    retries: step.retries ?? 0,
    delayS: step.delay === undefined ? 5 : tools.seconds(step.delay),
    optional: step.optional === true,
  }
}

function templateAction(
  step: StepOf<'template'>,
  plan: StepPlan,
  context: PlanContext,
  tools: HandoverTools,
): HandedAction {
  const { hostId, path, sudo, mode, owner, folders } = placeOf(step, context)
  const syntax = step.syntax ?? syntaxOf(path)
  const filled = fill(templateSource(step, context), syntax, context)
  if (filled.later) return byHand('It holds what an earlier step prints.', plan)
  // In shell text a value always stands within single quotes.
  const quoted = syntax === 'shell' ? 1 : 0
  const content = tools.text(filled.real).map((piece) => ('secret' in piece ? { ...piece, quoted } : piece))
  const secret = content.some((piece) => !('text' in piece))
  return {
    ...{ do: 'file', hostId, path, sudo, mode, owner, folders, content },
    newMode: secret && filled.secrets.length > 0 ? '0600' : '0644',
    plainSecrets: syntax !== 'text' && syntax !== 'shell',
  }
}

function settingsAction(
  step: StepOf<'edit-env'>,
  plan: StepPlan,
  context: PlanContext,
  tools: HandoverTools,
): HandedAction {
  const { hostId, path, sudo, mode, owner, folders } = placeOf(step, context)
  const format = step.format ?? (/\.ya?ml$/.test(path) ? 'compose' : 'env')
  if (format === 'compose' || mode !== null || owner !== null || folders)
    return byHand(
      format === 'compose'
        ? 'It edits the environment of a service in a Compose file.'
        : 'It changes mode or owner too.',
      plan,
    )
  if (Object.values(step.set).some((value) => expand(value, context).later))
    return byHand('It sets what an earlier step prints.', plan)
  const set = Object.entries(step.set).map(([name, value]) => ({
    name: context.values.plain(name),
    value: tools.text(context.values.secret(value)?.reveal() ?? ''),
  }))
  return {
    ...{ do: 'settings', hostId, path, sudo, create: isOn(step.create, context) },
    newMode: plan.diffs[0]?.mode ?? '0600',
    set,
    remove: step.remove.map((name) => context.values.plain(name)),
  }
}

function waitAction(
  step: StepOf<'wait-for'>,
  plan: StepPlan,
  context: PlanContext,
  tools: HandoverTools,
): HandedAction {
  const forS = tools.seconds(step.timeout)
  const command = waitCommand(step, context)
  const what = plan.notes[0]?.replace(/^Waits up to \S+ until /, '').replace(/\.$/, '') ?? step.name
  if (command !== null && step.host !== undefined)
    return {
      do: 'wait',
      command: tools.command(context.values.hostId(step.host), command),
      what,
      output: step.url === undefined ? null : String(step.status ?? 200),
      everyS: tools.seconds(step.every),
      forS,
    }
  if (step.port !== undefined && step.host !== undefined)
    return {
      do: 'port',
      hostId: context.values.hostId(step.host),
      address: step.address === undefined ? '127.0.0.1' : context.values.plain(step.address),
      port: portOf(step, context),
      forS,
    }
  const url = context.values.plain(step.url ?? '')
  if (url !== shownLater(url)) return byHand('The address is known only once an earlier step has run.', plan)
  return { do: 'http', url, status: step.status ?? 200, forS }
}

/** The commands of a step whose order is all there is to it, files before the rest; else a person does it. */
function sequenceOf(plan: StepPlan, tools: HandoverTools): HandedAction {
  if (plan.alreadyDone) return { do: 'sequence', commands: [], look: [] }
  const runs = plan.commands.filter(({ purpose }) => purpose === 'run')
  const opaque = [...runs.map(({ text, stdin }) => `${text}${stdin ?? ''}`)].some((text) => !tools.knows(text))
  if (runs.length === 0 || opaque) return byHand('It sends what becomes known only while it runs.', plan)
  const handed = ({ hostId, text, stdin }: PreviewCommand): HandedCommand => ({
    ...{ hostId, text: textOf(text), stdin: stdin === null ? null : textOf(stdin) },
  })
  return {
    do: 'sequence',
    commands: runs.map(handed),
    look: plan.commands.filter(({ purpose, stdin }) => purpose === 'verify' && stdin === null).map(handed),
  }
}

function byHand(why: string, plan: StepPlan): HandedAction {
  const commands = plan.commands.filter(({ purpose }) => purpose === 'run' || purpose === 'verify')
  return {
    do: 'by-hand',
    why,
    commands: commands.map(({ hostName, purpose, text }) => ({ host: hostName, purpose, text })),
    diff: plan.diffs.map(({ unified }) => unified).join('\n'),
  }
}
