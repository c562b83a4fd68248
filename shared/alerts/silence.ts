import type { AlertTest } from '../model/alert.ts'
import { staleAfterMs } from '../planning/judge-series.ts'

/** How long a series may be silent before nothing is known of it: as the rule says, and never under three of its rounds. */
export const silenceOf = (test: Pick<AlertTest, 'unknownAfterMs'>, intervalMs: number): number =>
  Math.max(test.unknownAfterMs, staleAfterMs(intervalMs))
