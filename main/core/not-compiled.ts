import { config } from 'zod'

/**
 * Zod would make a program of each object's schema when it is first used: a tenth of the time to a window's first answers, for
 * a millisecond less over a thousand objects later on.
 */
config({ jitless: true })
