import type { DesktopWords } from './words.ts'

export interface TrayState {
  servers: number
  alerts: number
  critical: number
}

/** One line for beside the clock; null: the engine does not answer now. */
export function trayText(state: TrayState | null, words: DesktopWords): string {
  if (state === null) return words.trayAway
  const { servers, alerts, critical } = state
  const worst = critical === 0 ? '' : ` (${words.trayCritical(critical)})`
  return `${words.trayServers(servers)}, ${words.trayAlerts(alerts)}${worst}`
}
