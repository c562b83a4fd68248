/**
 * What KEDA adds to the HorizontalPodAutoscaler, as its ScaledObject documents it: every polling interval (30 s) it asks
 * whether the source is active (more than `activation` entries). From zero an active source brings the first replicas; after
 * `cooldown` (300 s) without activity everything goes to zero. In between the autoscaler rules alone. Where the minimum is
 * above zero it does nothing. Times are milliseconds.
 */
export interface Activation {
  /** The replicas after a poll at `now`, or `current` where it is not time to poll yet. */
  poll(now: number, current: number, entries: number): number
}

export function activation(options: {
  min: number
  activation: number
  pollingMs: number
  cooldownMs: number
}): Activation {
  let nextPoll: number | null = null
  let lastActive: number | null = null
  return {
    poll(now, current, entries) {
      nextPoll ??= now
      lastActive ??= now
      if (options.min > 0 || now < nextPoll) return current
      while (nextPoll <= now) nextPoll += options.pollingMs
      if (entries > options.activation) {
        lastActive = now
        return current === 0 ? 1 : current
      }
      return now - lastActive > options.cooldownMs ? 0 : current
    },
  }
}
