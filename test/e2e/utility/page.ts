import { createORPCClient } from '@orpc/client'
import type { RouterClient } from '@orpc/server'
import { openLink } from '../../../renderer/app/connect.ts'
import { CoreLine, type LineState } from '../../../renderer/app/line.ts'
import type { StandIn } from './engine.ts'

export interface Probe {
  client: RouterClient<StandIn>
  /** Every state of the line so far. */
  states: LineState[]
  /** What the stream has brought, by the time of each event; null after its end. */
  heard: (number | null)[]
  /** Resolves once the stream is open on the other side. */
  listen(): Promise<void>
  /** Resolves once `holds` is true of the probe. */
  until(holds: 'gone' | 'backOpen' | 'heardAll' | 'streamEnded'): Promise<void>
}

declare global {
  interface Window {
    probe: Probe
  }
}

const line = new CoreLine(openLink)
const client: RouterClient<StandIn> = createORPCClient(line)
const states: LineState[] = []
const heard: (number | null)[] = []
const waiting = new Set<() => void>()
const changed = () => {
  for (const look of waiting) look()
}
line.subscribe(() => {
  states.push(line.state)
  changed()
})

const conditions = {
  gone: () => states.includes('gone'),
  backOpen: () => states.includes('gone') && states.at(-1) === 'open',
  heardAll: () => heard.at(-1) === 100,
  streamEnded: () => heard.at(-1) === null,
}

window.probe = {
  client,
  states,
  heard,
  listen: async () => {
    const stream = await client.app.events()
    void follow(stream)
  },
  until: (name) =>
    new Promise((done) => {
      const look = () => {
        if (!conditions[name]()) return
        waiting.delete(look)
        done()
      }
      waiting.add(look)
      look()
    }),
}

async function follow(stream: AsyncIterable<{ kind: string; at?: number }>): Promise<void> {
  try {
    for await (const event of stream) {
      heard.push(event.at ?? 0)
      changed()
    }
  } catch {
    // A broken line ends a stream with an error; for this page that is an end like another.
  }
  heard.push(null)
  changed()
}

line.start()
