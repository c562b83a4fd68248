import { notifications } from '@mantine/notifications'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useCallback, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { CoreClient } from '../../../../shared/contract/client.ts'
import type { Edit } from '../../../../shared/model/edit.ts'
import type { Problem } from '../../../../shared/model/problem.ts'
import { problemFrom, type QueryUtils, useCore, useQueryUtils } from '../../../app/core.tsx'
import { holdPlan } from '../../../app/plan-in-hand.ts'
import { EditQueue, type PlanInHand } from './edit-queue.ts'

const PAUSE_MS = 500
const queues = new WeakMap<QueryClient, EditQueue>()

/** The window's one queue of edits; it outlives the place, so that leaving it loses nothing. */
function queueOf(
  client: QueryClient,
  core: CoreClient,
  utils: QueryUtils,
  lost: (problem: Problem, what: string) => void,
): EditQueue {
  const known = queues.get(client)
  if (known) return known
  const queryKey = utils.plan.current.queryKey()
  const queue = new EditQueue({
    read: () => client.getQueryData<PlanInHand | null>(queryKey) ?? null,
    write(hand) {
      // An answer that was asked for before this would bring the plan of then back.
      void client.cancelQueries({ queryKey })
      client.setQueryData(queryKey, hand)
    },
    send: (input) => core.plan.edit(input),
    step: (way) => core.plan[way]({}),
    reload: () => core.plan.current(),
    problemOf: problemFrom,
    newToken: () => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-'),
    pause: () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)),
    lost,
  })
  holdPlan(client, () => queue.busy)
  queues.set(client, queue)
  return queue
}

/** What editing offers to a field: make an edit and learn at once whether it stands. */
export type MakeEdit = (edit: Edit) => Problem | null

export function usePlanEditor(): {
  edit: MakeEdit
  step: (way: 'undo' | 'redo') => Promise<void>
  busy: boolean
} {
  const { t } = useTranslation('planEdit')
  const client = useQueryClient()
  const core = useCore()
  const utils = useQueryUtils()
  const queue = queueOf(client, core, utils, (problem, what) =>
    notifications.show({
      color: 'red',
      title: t('lost.title', { what }),
      message: `${problem.fact} ${problem.fix}`,
      autoClose: false,
    }),
  )
  const busy = useSyncExternalStore(queue.subscribe, () => queue.busy)
  const edit = useCallback((one: Edit) => queue.edit(one), [queue])
  const step = useCallback(
    async (way: 'undo' | 'redo') => {
      try {
        const what = await queue.step(way)
        notifications.show({ message: t(way === 'undo' ? 'undone' : 'redone', { what }), autoClose: 4000 })
      } catch (error) {
        notifications.show({ message: problemFrom(error).fact, autoClose: 4000 })
      }
    },
    [queue, t],
  )
  return { edit, step, busy }
}
