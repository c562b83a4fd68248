import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useCore, useQueryUtils } from '../../app/core.tsx'
import { isLive } from './run-state.ts'

const RETRY_MS = 1000

/** A run, kept up to date by its stream while it goes on; a stream that breaks is opened again. */
export function useRun(runId: string) {
  const core = useCore()
  const utils = useQueryUtils()
  const client = useQueryClient()
  const query = useQuery(utils.playbooks.run.queryOptions({ input: { runId } }))
  const live = query.data !== undefined && isLive(query.data)

  useEffect(() => {
    if (!live) return
    const aborter = new AbortController()
    const follow = async () => {
      while (!aborter.signal.aborted) {
        try {
          for await (const run of await core.playbooks.follow({ runId }, { signal: aborter.signal })) {
            client.setQueryData(utils.playbooks.run.queryKey({ input: { runId } }), run)
            if (!isLive(run)) return
          }
        } catch {
          // The line is gone or going; the banner says so. The state read after it tells whether to follow on.
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
        if (!aborter.signal.aborted) await client.invalidateQueries({ queryKey: utils.playbooks.run.key() })
      }
    }
    void follow()
    return () => aborter.abort()
  }, [live, core, client, utils, runId])

  return query
}
