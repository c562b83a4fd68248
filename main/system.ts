/** The one place where the main programs read the clock and draw random numbers; everything else is handed these. */
export const now = (): number => Date.now()
/** Milliseconds since some moment: goes on evenly when the clock is set, and stands still where the computer sleeps. */
export const elapsed = (): number => performance.now()
export const random = (): number => Math.random()
