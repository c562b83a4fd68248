import type * as z from 'zod'
import type { ReadableDatabase, WritableDatabase } from './database.ts'

/** A stored setting, or `fallback` where none is stored or what is stored no longer fits its schema. */
export function readSetting<T>(database: ReadableDatabase, key: string, schema: z.ZodType<T>, fallback: T): T {
  const text = database.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck().get(key)
  if (text === undefined) return fallback
  const parsed = schema.safeParse(JSON.parse(text as string))
  return parsed.success ? parsed.data : fallback
}

export function writeSetting(database: WritableDatabase, key: string, value: unknown, now: number): void {
  database
    .prepare(
      `INSERT INTO setting (key, value, saved_at) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, saved_at = excluded.saved_at`,
    )
    .run(key, JSON.stringify(value), now)
}
