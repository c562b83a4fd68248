import * as z from 'zod'

/** How much the log holds: `debug` adds every call of the engine with its time, and rounds that failed. */
export const LOG_LEVELS = ['info', 'debug'] as const
export const LogLevelSchema = z.enum(LOG_LEVELS)
export type LogLevel = z.infer<typeof LogLevelSchema>
