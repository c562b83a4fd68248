import { createHash } from 'node:crypto'
import { unifiedDiff } from '../../../shared/format/unified-diff.ts'
import { HeadroomError, type Problem } from '../../../shared/model/problem.ts'
import type { JournalEntry, PreviewCommand, Run } from '../../../shared/model/run.ts'
import { canonical } from './journal.ts'

/**
 * A command that was not reviewed before its run began, and that an operator agreed to since: an update of this program may
 * write a command otherwise in the midst of a run. `was`: the reviewed one in whose place it is sent.
 */
export interface Agreement {
  now: PreviewCommand
  was: Pick<PreviewCommand, 'text' | 'stdin'> | null
}

type Sent = Pick<PreviewCommand, 'hostId' | 'text' | 'stdin'>

/** Two commands of which fewer lines than this are the same have nothing to do with each other. */
const LEAST_ALIKE = 0.3

/**
 * The command as it was agreed to: on this server, or on another one where it takes the place of the very same reviewed
 * command. The standard input of commands that only read is not compared: it carries offsets.
 */
export function agreedTo(
  agreements: readonly Agreement[],
  planned: readonly PreviewCommand[],
  { hostId, text, stdin }: Sent,
): PreviewCommand | null {
  const found = agreements.find(
    ({ now, was }) =>
      now.text === text &&
      (now.readOnly || now.stdin === stdin) &&
      (now.hostId === hostId ||
        (was !== null &&
          planned.some((one) => one.hostId === hostId && one.text === was.text && one.stdin === was.stdin))),
  )
  return found ? { ...found.now, hostId } : null
}

/** What is told where a resumed run is about to send a command that nobody reviewed. It holds what `agreementOf` needs. */
export function commandChanged(planned: readonly PreviewCommand[], sent: Sent & { hostName: string }): Problem {
  const was = alike(planned, sent)
  const { hostId, hostName, text, stdin } = sent
  return {
    code: 'COMMAND_CHANGED',
    fact: `A command for ${hostName} is not one of those reviewed: Headroom was updated since, or found things otherwise there. It was not sent.`,
    fix: `Read ${was ? 'how it differs' : 'it'} and agree to it, then resume or close the run. Or close the run and start the playbook anew.`,
    details: {
      digest: digestOf(sent),
      difference: unifiedDiff('command', was && shown(was), shown(sent)),
      command: JSON.stringify({
        now: { ...(was ?? UNLIKE), hostId, hostName, text, stdin },
        was: was && { text: was.text, stdin: was.stdin },
      } satisfies Agreement),
    },
  }
}

/** What an operator agrees to by the digest of what they were shown. NOTHING_TO_AGREE, AGREEMENT_MISMATCH */
export function agreementOf(run: Run, digest: string): Agreement {
  const { code, details = {} } = run.problem ?? {}
  if (code !== 'COMMAND_CHANGED' || run.state === 'running' || run.state === 'stopping')
    throw new HeadroomError({
      code: 'NOTHING_TO_AGREE',
      fact: `The run is ${run.state} and holds no command that is to be agreed to.`,
      fix: 'Look at the run again.',
    })
  if (details.digest !== digest)
    throw new HeadroomError({
      code: 'AGREEMENT_MISMATCH',
      fact: 'The command that the run holds now is another than the one that was shown.',
      fix: 'Read it again, then agree to it.',
      field: 'digest',
      value: digest,
    })
  return JSON.parse(details.command ?? '') as Agreement
}

/** The agreements in a run's journal. */
export const agreementsIn = (entries: readonly JournalEntry[]): Agreement[] =>
  entries.filter(({ kind }) => kind === AGREED).map(({ data }) => ({ now: data.now, was: data.was }) as Agreement)

/** The kind of entry that holds an agreement. */
export const AGREED = 'command-agreed'

const UNLIKE = { purpose: 'run', readOnly: false, detached: false, raw: false } as const

const digestOf = ({ hostId, text, stdin }: Sent): string =>
  createHash('sha256').update(canonical({ hostId, text, stdin })).digest('hex')

const shown = ({ text, stdin }: Pick<Sent, 'text' | 'stdin'>): string =>
  `${text}\n${stdin === null ? '' : `standard input:\n${stdin}${stdin.endsWith('\n') ? '' : '\n'}`}`

/** The reviewed command for this server that has most lines in common with it. */
function alike(planned: readonly PreviewCommand[], sent: Sent): PreviewCommand | null {
  const lines = new Set(sent.text.split('\n'))
  let best: { one: PreviewCommand; share: number } | null = null
  for (const one of planned) {
    if (one.hostId !== sent.hostId) continue
    const theirs = one.text.split('\n')
    const share =
      theirs.length === 1 && lines.size === 1
        ? sharedWords(one.text, sent.text)
        : theirs.filter((line) => lines.has(line)).length / Math.max(theirs.length, lines.size)
    if (share > (best?.share ?? LEAST_ALIKE)) best = { one, share }
  }
  return best?.one ?? null
}

function sharedWords(one: string, other: string): number {
  const [ours, theirs] = [one.split(/\s+/), new Set(other.split(/\s+/))]
  return ours.filter((word) => theirs.has(word)).length / Math.max(ours.length, theirs.size)
}
