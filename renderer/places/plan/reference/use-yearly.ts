import { useQuery } from '@tanstack/react-query'
import type { YearlyComparison } from '../../../../shared/model/yearly.ts'
import { useQueryUtils } from '../../../app/core.tsx'

/** What the plan's approaches cost by the year; null where it compares none, and until the engine has answered. */
export function useYearly(): YearlyComparison | null {
  const utils = useQueryUtils()
  return useQuery(utils.scenarios.yearly.queryOptions()).data ?? null
}
