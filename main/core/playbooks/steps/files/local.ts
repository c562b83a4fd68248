import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { PlanContext } from '../step.ts'

/**
 * A file of this computer: an absolute path, or one below the home folder (`~/`).
 * @throws LOCAL_PATH_RELATIVE, LOCAL_FILE_MISSING, LOCAL_FILE_UNREADABLE, LOCAL_FILE_TOO_LARGE
 */
export function readLocal(from: string, mostBytes: number, context: PlanContext): Buffer {
  const path = from.startsWith('~/') ? join(context.environment.home, from.slice(2)) : from
  const fail = (code: string, fact: string, fix: string) =>
    new HeadroomError({ code, fact, fix, field: 'from', value: path })
  if (!isAbsolute(path))
    throw fail(
      'LOCAL_PATH_RELATIVE',
      `"${path}" does not say where on this computer it is.`,
      'Write it from the root, or from the home folder with ~/.',
    )
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw fail('LOCAL_FILE_MISSING', `There is no file ${path} on this computer.`, 'Correct the path.')
  if (!found.isFile()) throw fail('LOCAL_FILE_UNREADABLE', `${path} on this computer is not a file.`, 'Name a file.')
  if (found.size > mostBytes)
    throw fail(
      'LOCAL_FILE_TOO_LARGE',
      `${path} has ${found.size} bytes; at most ${mostBytes} are sent.`,
      'Raise max_size, or have the server fetch it.',
    )
  try {
    return readFileSync(path)
  } catch (error) {
    throw fail('LOCAL_FILE_UNREADABLE', `${path} cannot be read: ${(error as Error).message}.`, 'See who may read it.')
  }
}
