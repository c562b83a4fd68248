import type { QueryClient } from '@tanstack/react-query'

/**
 * Whether this window holds edits of the plan that the engine has not confirmed. Meanwhile what the engine would answer is
 * behind what is on the screen, so an event does not make the plan be read again.
 */
const holders = new WeakMap<QueryClient, () => boolean>()

export function holdPlan(client: QueryClient, busy: () => boolean): void {
  holders.set(client, busy)
}

export function planIsHeld(client: QueryClient): boolean {
  return holders.get(client)?.() === true
}
