import { createORPCClient, ORPCError } from '@orpc/client'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { notifyManager, QueryClient } from '@tanstack/react-query'
import type { CoreClient } from '../../shared/contract/client.ts'
import { openLink } from './connect.ts'
import { CoreLine } from './line.ts'

function utilsOf(client: CoreClient) {
  return createTanstackQueryUtils(client)
}
export type QueryUtils = ReturnType<typeof utilsOf>

/** The line to the engine, and what is known of its answers. */
export interface Core {
  client: CoreClient
  utils: QueryUtils
  line: CoreLine
  queries: QueryClient
  /** Asked for before anything else, so that nothing changes unheard behind a first answer. */
  firstEvents: ReturnType<CoreClient['app']['events']>
}

// An answer is shown at once. Timers that follow each other are held up by browsers, and a place asks several times in turn.
notifyManager.setScheduler(queueMicrotask)

function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The core answers from the same machine: a refusal is final, only a broken line is worth another try.
        retry: (count, error) => count < 3 && !(error instanceof ORPCError),
        retryDelay: 300,
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
}

/** Begins to reach for the engine, which lasts as long as the page. */
export function reachCore(): Core {
  const line = new CoreLine(openLink)
  const client: CoreClient = createORPCClient(line)
  line.start()
  const firstEvents = client.app.events()
  // Who follows them hears of a failure, and asks anew.
  firstEvents.catch(() => {})
  return { client, utils: utilsOf(client), line, queries: makeQueryClient(), firstEvents }
}
