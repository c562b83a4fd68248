import { type Dice, diceOf } from './dice.ts'

/** What a fault does, and to what. Milliseconds; simulated time where it says so. */
export type Fault =
  | { kind: 'kill-core' }
  /** The web host that holds the core is killed; with it goes nobody's page, and the core has to end by itself. */
  | { kind: 'kill-shell' }
  /** The processes that draw the desktop app's windows are killed. */
  | { kind: 'kill-page' }
  /** The core stands still as in a laptop that sleeps; its clock is `simulatedMs` later when it goes on. */
  | { kind: 'freeze-core'; forMs: number; simulatedMs: number }
  | { kind: 'jump-clock'; byMs: number }
  /** Every connection through the link is reset; new ones are refused for so long. */
  | { kind: 'cut-link'; link: number; forMs: number }
  /** Nothing goes through, and nobody is told. */
  | { kind: 'hang-link'; link: number; forMs: number }
  /** Every piece is late by so much, and pieces are small. */
  | { kind: 'slow-link'; link: number; forMs: number; delayMs: number }
  /** The next so many bytes from the server arrive, then the connection is closed in the middle of a packet. */
  | { kind: 'break-packet'; link: number; afterBytes: number }
  /** The kernel drops packets to and from the server's address. */
  | { kind: 'lose-packets'; link: number; forMs: number; ratio: number }
  /** An end of the link has another address from now on: what was connected hangs for ever, new connections work. */
  | { kind: 'change-address'; link: number }
  | { kind: 'restart-sshd'; link: number; forMs: number }
  | { kind: 'hang-sshd'; link: number; forMs: number }
  | { kind: 'kill-sessions'; link: number }
  | { kind: 'fill-laptop'; forMs: number }
  | { kind: 'fill-target'; forMs: number }
  | { kind: 'second-copy' }
  | { kind: 'newer-workspace'; file: 'app.db' | 'metrics.db' }
  | { kind: 'flip-bit'; file: 'app.db' | 'metrics.db'; at: number }
  | { kind: 'truncate'; file: 'app.db' | 'metrics.db'; ratio: number }
  | { kind: 'restore' }

export type FaultKind = Fault['kind']

/** Who holds the core: the harness, the web host or the desktop app, as users start them. */
export type Shell = 'harness' | 'web' | 'electron'

/** What goes on while faults happen, and when each happens after the one before. All of it follows from the seed. */
export interface Schedule {
  seed: number
  shell: Shell
  run: boolean
  move: boolean
  /** The first fault waits until the run has begun; else it may fall into its review. */
  amid: boolean
  faults: { afterMs: number; fault: Fault }[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const makers: Record<FaultKind, (dice: Dice) => Fault> = {
  'kill-core': () => ({ kind: 'kill-core' }),
  'kill-shell': () => ({ kind: 'kill-shell' }),
  'kill-page': () => ({ kind: 'kill-page' }),
  'freeze-core': (dice) => ({
    kind: 'freeze-core',
    forMs: dice.whole(50, 1200),
    simulatedMs: dice.pick([0, 2 * MINUTE, 20 * MINUTE, 9 * HOUR]),
  }),
  'jump-clock': (dice) => ({
    kind: 'jump-clock',
    byMs: dice.pick([-30 * 24 * HOUR, -HOUR, -5 * MINUTE, 5 * MINUTE, HOUR, 24 * HOUR, 400 * 24 * HOUR]),
  }),
  'cut-link': (dice) => ({ kind: 'cut-link', link: dice.whole(0, 1), forMs: dice.pick([0, 100, 800, 3000]) }),
  'hang-link': (dice) => ({ kind: 'hang-link', link: dice.whole(0, 1), forMs: dice.whole(100, 2500) }),
  'slow-link': (dice) => ({
    kind: 'slow-link',
    link: dice.whole(0, 1),
    forMs: dice.whole(300, 2000),
    delayMs: dice.whole(5, 250),
  }),
  'break-packet': (dice) => ({ kind: 'break-packet', link: dice.whole(0, 1), afterBytes: dice.whole(1, 4000) }),
  'lose-packets': (dice) => ({
    kind: 'lose-packets',
    link: dice.whole(0, 1),
    forMs: dice.whole(300, 2000),
    ratio: dice.pick([0.05, 0.2, 0.5, 1]),
  }),
  'change-address': (dice) => ({ kind: 'change-address', link: dice.whole(0, 1) }),
  'restart-sshd': (dice) => ({ kind: 'restart-sshd', link: dice.whole(0, 1), forMs: dice.pick([0, 200, 1500]) }),
  'hang-sshd': (dice) => ({ kind: 'hang-sshd', link: dice.whole(0, 1), forMs: dice.whole(100, 2000) }),
  'kill-sessions': (dice) => ({ kind: 'kill-sessions', link: dice.whole(0, 1) }),
  'fill-laptop': (dice) => ({ kind: 'fill-laptop', forMs: dice.whole(300, 1500) }),
  'fill-target': (dice) => ({ kind: 'fill-target', forMs: dice.whole(300, 1500) }),
  'second-copy': () => ({ kind: 'second-copy' }),
  'newer-workspace': (dice) => ({ kind: 'newer-workspace', file: dice.pick(['app.db', 'metrics.db']) }),
  'flip-bit': (dice) => ({ kind: 'flip-bit', file: dice.pick(['app.db', 'metrics.db']), at: dice.whole(0, 2 ** 30) }),
  truncate: (dice) => ({ kind: 'truncate', file: dice.pick(['app.db', 'metrics.db']), ratio: dice.float() }),
  restore: () => ({ kind: 'restore' }),
}

export const FAULT_KINDS = Object.keys(makers) as FaultKind[]
/** These speak of the workspace as the operator left it, so they do not go with a run that is under way. */
const OF_THE_WORKSPACE: readonly FaultKind[] = ['newer-workspace', 'flip-bit', 'truncate', 'restore']
/** In front of these the desktop app stands with a dialog until somebody answers. */
const OF_NO_DESKTOP: readonly FaultKind[] = [...OF_THE_WORKSPACE, 'second-copy']
const OF_A_RUN = FAULT_KINDS.filter((kind) => !OF_THE_WORKSPACE.includes(kind))

/** `only` keeps to faults of these kinds; `electron`: the desktop app holds the core. */
export function scheduleOf(seed: number, only: readonly FaultKind[] = FAULT_KINDS, electron = false): Schedule {
  const dice = diceOf(seed)
  const drawn = dice.chance(0.2) ? 'web' : 'harness'
  const shell: Shell = electron ? 'electron' : drawn
  const move = dice.chance(0.12)
  const run = !move && dice.chance(0.75)
  const allowed = (run || move ? OF_A_RUN : FAULT_KINDS).filter((kind) => only.includes(kind))
  const kinds = (allowed.length > 0 ? allowed : only).filter((kind) => {
    if (kind === 'kill-shell') return shell !== 'harness'
    return electron ? !OF_NO_DESKTOP.includes(kind) : kind !== 'kill-page'
  })
  const faults = Array.from({ length: dice.whole(1, 4) }, () => ({
    afterMs: dice.chance(0.3) ? dice.whole(0, 60) : dice.whole(60, 900),
    fault: makers[dice.pick(kinds.length > 0 ? kinds : (['kill-core'] as const))](dice),
  }))
  const calm = faults.every(({ fault }) => !OF_THE_WORKSPACE.includes(fault.kind))
  return { seed, shell, run: run && calm, move: move && calm, amid: seed % 5 !== 0, faults }
}
