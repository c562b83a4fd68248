import { type CoreClient, clientOver } from '../../shared/contract/client.ts'
import { openCore, systemEnvironment } from '../core/index.ts'
import { joinLocally, linkPair, listenLocally } from '../link/index.ts'

/** The running core of the workspace where there is one, else a core in this process for as long as the command takes. */
export async function connect(
  folder: string,
  resources: string,
): Promise<{ core: CoreClient; close(): Promise<void> }> {
  const running = await joinLocally(folder)
  if (running) return { core: clientOver(running), close: async () => running.close() }
  const environment = systemEnvironment({ folder, face: 'cli', resources })
  const own = await openCore({ folder, environment })
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
