/** The one place where the main programs read the clock and draw random numbers; everything else is handed these. */
export const now = (): number => Date.now()
export const random = (): number => Math.random()
