import { useIsFetching } from '@tanstack/react-query'
import { startTransition, useEffect, useState } from 'react'
import { useQueryUtils } from '../../app/core.tsx'

/**
 * Whether the charts that are on the screen first have their values. What stands below is drawn then: to draw it while the engine
 * answers would keep the answers waiting.
 */
export function useFirstCharts(): boolean {
  const utils = useQueryUtils()
  const underWay = useIsFetching({ queryKey: utils.metrics.slice.key() })
  // Charts ask in an effect of their own, so nothing is under way at the first draw.
  const [isMounted, setMounted] = useState(false)
  const [isThere, setThere] = useState(false)
  useEffect(() => setMounted(true), [])
  useEffect(() => {
    if (isMounted && underWay === 0) startTransition(() => setThere(true))
  }, [isMounted, underWay])
  return isThere
}
