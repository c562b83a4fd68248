import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { BackfillSource } from '../../../../shared/model/backfill.ts'
import type { Host } from '../../../../shared/model/host.ts'
import { useCore, useQueryUtils } from '../../../app/core.tsx'

const LOOK_EVERY_MS = 400
const OFFER_HOLDS_MS = 300_000

/** What past of a server there is to be had, and how taking it in goes: looked at again and again while one is under way. */
export function useHistory(host: Host, onStarted: () => void = () => {}) {
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const jobs = useQuery({
    ...utils.backfill.jobs.queryOptions({ input: { hostId: host.id } }),
    refetchInterval: ({ state }) => (state.data?.some((job) => job.state === 'running') ? LOOK_EVERY_MS : false),
  })
  const running = jobs.data?.some((job) => job.state === 'running') ?? false
  const offer = useQuery({
    ...utils.backfill.discover.queryOptions({ input: { hostId: host.id } }),
    enabled: host.state === 'up' && !running,
    staleTime: OFFER_HOLDS_MS,
    retry: false,
  })
  const refresh = () => queries.invalidateQueries({ queryKey: utils.backfill.key() })
  const start = useMutation({
    mutationFn: (source: BackfillSource) => core.backfill.start({ hostId: host.id, source }),
    onSuccess: onStarted,
    onSettled: refresh,
  })
  return { jobs: jobs.data ?? [], running, offer, start, refresh }
}
