import { useQuery } from '@tanstack/react-query'
import type * as z from 'zod'
import type { ReferenceSchema } from '../../../../shared/contract/reference.ts'
import { useQueryUtils } from '../../../app/core.tsx'

export type Reference = z.infer<typeof ReferenceSchema>
export type Judged = Reference['judged'][string]

/** What the engine computes and judges of the plan's reference parts; null until it has answered. */
export function useReference(): Reference | null {
  const utils = useQueryUtils()
  return useQuery(utils.plan.reference.queryOptions()).data ?? null
}
