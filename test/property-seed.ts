import fc from 'fast-check'

/**
 * Property tests draw the same inputs in every run, so that a failure comes back. PROPERTY_SEED=random draws anew, and
 * PROPERTY_SEED=<number> repeats a seed that a failure printed.
 */
const asked = process.env.PROPERTY_SEED
if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked ?? 20_261_121) })
