import type { Run } from '../../shared/model/run.ts'
import type { MoveGround } from './move-ground.ts'

/** The ways a database is copied that differ in code. */
export const WAYS: Readonly<Record<string, Record<string, string>>> = {
  stream: { strategy: 'stream' },
  parallel: { strategy: 'parallel', jobs: '2', parallel_by: 'pg_dump' },
  pgcopydb: { strategy: 'parallel', jobs: '2', parallel_by: 'pgcopydb' },
  relay: { strategy: 'stream', run_on: 'relay' },
  logical: { strategy: 'logical' },
}

/** What happens in the middle of a copy, whose sessions on the source (`sending`) stand still meanwhile. */
interface MoveFault {
  /** Ends the program itself, which is done before anything else. */
  kills?: true
  happen(ground: MoveGround, sending: readonly number[]): void | Promise<void>
  /** Puts right what a person would, after the run has ended or was interrupted. */
  mend?(ground: MoveGround): void | Promise<void>
  /** What is wrong with how the run ended. `by`: what it copied with. */
  judge(run: Run, by: string): string | null
}

const as = (run: Run, state: Run['state'], fact: RegExp = /./): string | null =>
  run.state === state && (state === 'succeeded' || fact.test(`${run.problem?.code} ${run.problem?.fact}`))
    ? null
    : `It is ${run.state}: ${run.problem?.code} ${run.problem?.fact}`
const either = (...found: (string | null)[]) => (found.includes(null) ? null : (found[0] ?? null))

export const FAULTS: Readonly<Record<string, MoveFault>> = {
  'kill-core': {
    kills: true,
    happen: () => {},
    judge: (run) => as(run, 'interrupted', /RUN_INTERRUPTED .*(may|is)/),
  },
  'cut-link': {
    happen({ servers }) {
      for (const server of servers) server.killSessions()
    },
    judge: (run, by) => (by === 'relay' ? as(run, 'failed', /RELAY_BROKEN .*new/) : as(run, 'succeeded')),
  },
  'restart-sshd': {
    async happen({ servers }) {
      for (const server of servers) server.kill()
      for (const server of servers) await server.start()
    },
    judge: (run, by) => (by === 'relay' ? as(run, 'failed', /RELAY_BROKEN .*new/) : as(run, 'succeeded')),
  },
  'fill-target': {
    happen: (ground) => ground.fillTarget(),
    mend: (ground) => ground.emptyTarget(),
    judge: (run) => as(run, 'failed', /TARGET_NO_SPACE/),
  },
  'wrong-password': {
    happen: (ground) => ground.setPasswords('wrong'),
    mend: (ground) => ground.setPasswords('right'),
    // A replication cannot be removed with a password that is wrong, which is said.
    judge: (run, by) =>
      as(run, 'failed', by === 'logical' ? /REPLICATION_LEFT .*password/ : /POSTGRES_AUTH_REFUSED .*password/),
  },
  // Its server ends all sessions and recovers when one of them dies by a signal.
  'crash-source': {
    happen(_ground, sending) {
      for (const pid of sending) process.kill(pid, 'SIGKILL')
    },
    judge: (run, by) =>
      by === 'logical' ? either(as(run, 'succeeded'), as(run, 'failed')) : as(run, 'failed', /^(?!INTERNAL)/),
  },
}
