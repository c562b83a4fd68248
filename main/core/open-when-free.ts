import { setTimeout as pause } from 'node:timers/promises'
import { HeadroomError } from '../../shared/model/problem.ts'
import { joinLocally } from '../link/index.ts'
import { lockHolder } from './workspace/index.ts'

/** Backups and runs that are cut off end within seconds. */
const ENDING_MS = 15_000
const BETWEEN_TRIES_MS = 100

/**
 * Opens a workspace; where the engine that holds it is at its end, as after its shell was killed, when that has let go of it.
 * One that still answers, or a command that works on the workspace by itself, is not waited for.
 * @throws as `open`; WORKSPACE_LOCKED where the end takes longer than 15 s
 */
export async function openWhenFree<T>(folder: string, elapsed: () => number, open: () => Promise<T>): Promise<T> {
  for (const until = elapsed() + ENDING_MS; ; await pause(BETWEEN_TRIES_MS))
    try {
      return await open()
    } catch (error) {
      const held = error instanceof HeadroomError && error.code === 'WORKSPACE_LOCKED'
      if (!held || elapsed() >= until || !(await isEnding(folder))) throw error
    }
}

/** An engine stops listening first and lets go of its workspace last. */
async function isEnding(folder: string): Promise<boolean> {
  if (lockHolder(folder)?.face === 'cli') return false
  const link = await joinLocally(folder)
  link?.close()
  return link === null
}
