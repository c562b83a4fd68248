import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import type { Environment } from '../environment.ts'
import { openDatabase, type WritableDatabase } from './database.ts'
import { takeLock } from './lock.ts'
import { migrate } from './migrate.ts'
import { appMigrations, metricsMigrations } from './migrations/index.ts'
import { readSetting, writeSetting } from './settings.ts'

export type { ReadableDatabase, WritableDatabase } from './database.ts'
export { type Holder, lockHolder } from './lock.ts'

/** An open workspace: a folder with app.db (what the operator made) and metrics.db (what was measured). */
export interface Workspace {
  folder: string
  app: WritableDatabase
  metrics: WritableDatabase
  setting<T>(key: string, schema: z.ZodType<T>, fallback: T): T
  saveSetting(key: string, value: unknown): void
  close(): void
}

/**
 * Opens a workspace folder, making it where there is none (folder 0700, files 0600), and brings its files to the newest
 * shape.
 * @throws WORKSPACE_LOCKED another core has it open (names the holder); WORKSPACE_NEWER a newer Headroom wrote it;
 *   WORKSPACE_CORRUPT a file is damaged. Each leaves the folder as it was.
 */
export function openWorkspace(folder: string, environment: Environment): Workspace {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const lock = takeLock(folder, environment)
  const opened: WritableDatabase[] = []
  const open = (...args: Parameters<typeof openDatabase>) => {
    const database = openDatabase(...args)
    opened.push(database)
    return database
  }
  const closeAll = () => {
    for (const database of opened) database.close()
    lock.release()
  }
  try {
    // app.db is small and precious, so all of it is checked on opening; metrics.db may have gigabytes.
    const app = open(join(folder, 'app.db'), 'FULL', true)
    const metrics = open(join(folder, 'metrics.db'), 'NORMAL', false)
    const backups = join(folder, 'backups')
    migrate(app, appMigrations, backups, environment.now())
    migrate(metrics, metricsMigrations, backups, environment.now())
    return {
      folder,
      app,
      metrics,
      setting: (key, schema, fallback) => readSetting(app, key, schema, fallback),
      saveSetting: (key, value) => writeSetting(app, key, value, environment.now()),
      close() {
        for (const database of opened) if (database.open) database.pragma('optimize')
        closeAll()
      },
    }
  } catch (error) {
    closeAll()
    throw error
  }
}
