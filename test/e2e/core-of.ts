import { joinLocally } from '../../main/link/index.ts'
import { type CoreClient, clientOver } from '../../shared/contract/client.ts'

/** A second client of the core that holds a workspace, as the command line would be. Waits until there is one. */
export async function coreOf(workspace: string, timeoutMs = 20_000): Promise<{ core: CoreClient; close(): void }> {
  const until = performance.now() + timeoutMs
  for (;;) {
    const link = await joinLocally(workspace)
    if (link) return { core: clientOver(link), close: () => link.close() }
    if (performance.now() > until) throw new Error(`no core came up for ${workspace} within ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Kills the core process outright, as a crash would, and returns the id it had. */
export async function killCore(workspace: string): Promise<number> {
  const { core, close } = await coreOf(workspace)
  const { pid } = await core.app.info()
  close()
  process.kill(pid, 'SIGKILL')
  return pid
}
