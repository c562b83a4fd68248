import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hold } from './hold.ts'

/**
 * `npm run lab`: keeps the lab up until Ctrl-C. A terminal sends Ctrl-C to every process of its foreground group; the
 * servers are in a group of their own, so that they end in order and not all at once.
 */
if (process.send !== undefined) await hold(new Promise<void>((resolve) => process.once('disconnect', () => resolve())))
else {
  const holder = spawn(process.execPath, [import.meta.filename], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (holder.connected) holder.disconnect()
    })
  const [code] = await once(holder, 'exit')
  process.exitCode = code ?? 1
}
