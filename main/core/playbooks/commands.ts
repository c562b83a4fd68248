import { hasRawWords, renderCommand } from '../../../shared/format/shell.ts'
import type { Command } from '../../../shared/model/command.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { PreviewCommand } from '../../../shared/model/run.ts'
import { type Agreement, agreedTo, commandChanged } from './agreement.ts'
import { Interrupted, type PlanContext, type Purpose, RUN_TOKEN } from './steps/step.ts'

/** A command as the review shows it: the text that is sent, secrets by their names. */
export function previewOf(
  context: Pick<PlanContext, 'hostName'>,
  hostId: string,
  command: Command,
  purpose: Purpose,
  options: { readOnly?: boolean; detached?: boolean; raw?: boolean } = {},
): PreviewCommand {
  const { text, stdin } = renderCommand(command, { reveal: false })
  return {
    hostId,
    hostName: context.hostName(hostId),
    purpose,
    text,
    stdin,
    readOnly: options.readOnly ?? purpose === 'check',
    detached: options.detached ?? false,
    raw: options.raw ?? hasRawWords(command),
  }
}

/**
 * The planned command that a command about to run is, with the run's id put back to its token. The standard input of
 * commands that only read is not compared: it carries offsets.
 * @param agreements what was agreed to since, where the run was resumed
 * @throws HeadroomError PREVIEW_CHANGED; `Interrupted` COMMAND_CHANGED where the run was resumed, so that it can be agreed to
 */
export function approved(
  planned: readonly PreviewCommand[],
  hostId: string,
  command: Command,
  runId: string,
  resumed: { agreements: readonly Agreement[]; hostName(hostId: string): string } | null = null,
): PreviewCommand {
  const { text, stdin } = renderCommand(command, { reveal: false })
  const plain = text.replaceAll(`headroom-${runId}-`, `headroom-${RUN_TOKEN}-`)
  const found = planned.find(
    (one) => one.hostId === hostId && one.text === plain && (one.readOnly || one.stdin === stdin),
  )
  if (found) return found
  if (resumed) {
    const sent = { hostId, text: plain, stdin }
    const agreed = agreedTo(resumed.agreements, planned, sent)
    if (agreed) return agreed
    throw new Interrupted(commandChanged(planned, { ...sent, hostName: resumed.hostName(hostId) }))
  }
  throw new HeadroomError({
    code: 'PREVIEW_CHANGED',
    fact: 'A command that was about to run is not one of those reviewed, so nothing was sent.',
    fix: 'Review the playbook again and start it anew.',
    value: plain.slice(0, 500),
  })
}
