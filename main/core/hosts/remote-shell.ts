import { quoteWord } from '../../../shared/format/shell.ts'
import { GRACE_MS } from './transport.ts'

/**
 * Whatever the login shell is, the command runs in sh. The first line tells the process id, which is also the id of the
 * process group, because sshd begins a session for each command: a channel's end alone kills nothing.
 */
export function wrapped(text: string, token: string): string {
  return `exec sh -c ${quoteWord(`echo "${token} $$"\n${text}`)}`
}

/** A shell that is told by its input what to run; sshd begins a session for it too, so that its id is that of its group. */
export const KEPT_SHELL = 'exec sh -s'

/** TERM, a moment's grace, KILL, to the whole group. */
export function killText(processId: number, sudo: boolean): string {
  const kill = sudo ? 'sudo -n kill' : 'kill'
  const group = `-- -${processId}`
  const waits = Math.round(GRACE_MS / 100)
  const text = `${kill} -s TERM ${group}; n=0; while [ $n -lt ${waits} ] && ${kill} -s 0 ${group}; do n=$((n+1)); sleep 0.1; done; ${kill} -s KILL ${group}`
  return `exec sh -c ${quoteWord(`exec 2>/dev/null; ${text}`)}`
}

/**
 * The same for a transport that cannot tell a command's own status 255 from its own failure: the shell stays, and says on
 * standard error, with the mark, that the 255 is the command's.
 */
export function wrappedWithMark(text: string, token: string, mark: string): string {
  const told = `[ $status -eq 255 ] && printf %s ${quoteWord(mark)} >&2`
  return `exec sh -c ${quoteWord(`echo "${token} $$"\n(\n${text}\n)\nstatus=$?\n${told}\nexit $status`)}`
}
