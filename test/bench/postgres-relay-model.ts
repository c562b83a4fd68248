import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { openCore } from '../../main/core/index.ts'
import { testEnvironment } from '../fixtures/environment.ts'
import { type Moved, moved, type Values } from './postgres-move-model.ts'

/** What the core is opened with. */
export interface Alone {
  workspace: string
  /** The operator's, whose known_hosts has the servers. */
  home: string
  /** What the app ships with. */
  resources: string
}

/** A move, and the most memory that this process ever had until its end: bytes of RSS. */
export type Done = (Moved & { peak: number }) | { failure: string }

process.once('message', (alone: Alone) => void run(alone))

/** The whole core with nothing else in its process: each message is a move, 'end' ends it. */
async function run({ workspace, ...given }: Alone): Promise<void> {
  const environment = testEnvironment({ real: true })
  const core = await openCore({ folder: workspace, environment: { ...environment, ...given, newId: randomUUID } })
  const tell = (done: Done) => process.send?.(done)
  process.on('message', (values: Values | 'end') => {
    if (values === 'end')
      return void core.close().then(() => {
        environment.dispose()
        process.exit(0)
      })
    moved(core.areas.playbooks, values).then(
      (done) => tell({ ...done, peak: peak() }),
      (error: unknown) => tell({ failure: String(error) }),
    )
  })
}

const peak = () => Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024
