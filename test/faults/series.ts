import { stopDisplay } from './desktop-shell.ts'
import { startGround } from './ground.ts'
import { type Outcome, play } from './play.ts'
import { bundleProgram } from './program.ts'
import { type FaultKind, scheduleOf } from './schedule.ts'

export interface Series {
  seeds: readonly number[]
  /** So many side by side, each on servers of its own. */
  lanes: number
  only?: readonly FaultKind[] | undefined
  /** The desktop app holds the core. */
  electron?: boolean
  /** Begins no further schedule once it fires. */
  enough?: AbortSignal
}

/** Plays schedules; `told` hears of each when it is over. */
export async function playSeries(
  { seeds, lanes, only, electron, enough }: Series,
  told: (outcome: Outcome) => void,
): Promise<void> {
  const program = await bundleProgram()
  const left = [...seeds]
  const lane = async () => {
    const ground = await startGround(program)
    try {
      for (let seed = left.shift(); seed !== undefined && enough?.aborted !== true; seed = left.shift())
        told(await play(ground, scheduleOf(seed, only, electron)))
    } finally {
      await ground.close()
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(lanes, seeds.length) }, lane))
  } finally {
    program.remove()
    await stopDisplay()
  }
}
