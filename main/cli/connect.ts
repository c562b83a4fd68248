import { existsSync } from 'node:fs'
import { type CoreClient, clientOver } from '../../shared/contract/client.ts'
import type { Link } from '../../shared/contract/link.ts'
import type { Check } from '../../shared/model/doctor.ts'
import { HeadroomError, problemOf } from '../../shared/model/problem.ts'
import {
  discardImported,
  examineClosed,
  importAsBackup,
  listBackups,
  lockHolder,
  nameOfHolder,
  openCore,
  openWhenFree,
  restoreClosed,
  systemEnvironment,
} from '../core/index.ts'
import { joinLocally, linkPair, listenLocally } from '../link/index.ts'
import type { WorkspaceFolder } from './command.ts'

const BACK_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 200
/** An engine under the heaviest load answers within a second. */
const ANSWERS_WITHIN_MS = 15_000

/** The workspace as a folder. A core that has it open restores it itself, and is waited for until it is back. */
export function workspaceFolderOf(folder: string, resources: string): WorkspaceFolder {
  return {
    folder,
    backups: () => (existsSync(folder) ? listBackups(folder) : []),
    importFile: (file, signal) =>
      importAsBackup(folder, file, systemEnvironment({ folder, face: 'cli', resources }), signal),
    discard: (id) => discardImported(folder, id),
    async serve(options) {
      process.argv = [...process.argv.slice(0, 2), '--workspace', folder, ...options]
      // The bundle beside this one: it reads its own options and ends the process itself.
      await import(new URL('./web.mjs', import.meta.url).href)
    },
    examine: (signal) => examine(folder, resources, signal),
    async restore(id) {
      const running = await runningCore(folder)
      if (!running) return restoreClosed(folder, id, systemEnvironment({ folder, face: 'cli', resources }))
      const { core, link } = running
      const ended = new Promise<void>((done) => link.onClose(done))
      await core.backups.restore({ id })
      await ended
      await cameBack(folder)
    },
  }
}

async function examine(folder: string, resources: string, signal: AbortSignal): Promise<Check[]> {
  try {
    const { core, close } = await connect(folder, resources)
    try {
      return await core.diagnostics.examine(undefined, { signal })
    } finally {
      await close()
    }
  } catch (error) {
    const { fact, fix } = problemOf(error)
    const rest = await examineClosed(folder, systemEnvironment({ folder, face: 'cli', resources }), signal)
    return [{ id: 'workspace', state: 'fail', fact, fix }, ...rest.filter(({ id }) => id !== 'workspace')]
  }
}

async function cameBack(folder: string): Promise<void> {
  for (let waited = 0; waited < BACK_WITHIN_MS; waited += LOOK_EVERY_MS) {
    const link = await joinLocally(folder)
    link?.close()
    if (link) return
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS))
  }
  throw new HeadroomError({
    code: 'CORE_NOT_BACK',
    fact: 'The engine was stopped for the restore and is not back after 30 seconds.',
    fix: 'Look at the Headroom window, or start Headroom again: it goes on with the restore.',
  })
}

/**
 * The running core of the workspace where there is one, else a core in this process for as long as the command takes.
 * @throws CORE_SILENT where the running one gives no answer; else as `openCore`
 */
export async function connect(
  folder: string,
  resources: string,
  withinMs = ANSWERS_WITHIN_MS,
): Promise<{ core: CoreClient; close(): Promise<void> }> {
  const running = await runningCore(folder, withinMs)
  if (running) return { core: running.core, close: async () => running.link.close() }
  const environment = systemEnvironment({ folder, face: 'cli', resources })
  const own = await openWhenFree(folder, environment.elapsed, () => openCore({ folder, environment }))
  const local = await listenLocally(folder, own.serve)
  const [near, far] = linkPair()
  own.serve(far)
  return {
    core: clientOver(near),
    close: async () => {
      near.close()
      await local.close()
      await own.close()
    },
  }
}

/** @throws CORE_SILENT */
async function runningCore(
  folder: string,
  withinMs = ANSWERS_WITHIN_MS,
): Promise<{ core: CoreClient; link: Link } | null> {
  const link = await joinLocally(folder)
  if (link === null) return null
  const core = clientOver(link)
  const late = AbortSignal.timeout(withinMs)
  await core.app.info(undefined, { signal: late }).catch((error: unknown) => {
    link.close()
    throw late.aborted ? silent(folder, withinMs) : error
  })
  return { core, link }
}

function silent(folder: string, withinMs: number): HeadroomError {
  const holder = lockHolder(folder)
  const who = holder ? `${nameOfHolder(holder)} (process ${holder.pid})` : 'another program'
  return new HeadroomError({
    code: 'CORE_SILENT',
    fact: `The workspace ${folder} is open in ${who}, which gave no answer in ${withinMs / 1000} s.`,
    fix: `Where it stands still, let it go on or end it${holder ? ` (kill ${holder.pid})` : ''}; then try again.`,
    value: folder,
  })
}
