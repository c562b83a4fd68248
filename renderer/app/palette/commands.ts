import { useEffect, useRef } from 'react'
import { go, parseRoute } from '../route.ts'

interface Command {
  code: string
  at?: string
  to?: string
}

/**
 * What can be done by name from anywhere. `code`: the letters that find it at once. `at`: the address where it can be
 * done; it is opened first, and what is drawn there offers the work by `useCommand`. `to`: opening it is all. A command is only ever asked for in
 * this window, by a key, a menu or the palette: no address starts one.
 */
export const COMMANDS = {
  openFile: { code: 'of' },
  newWindow: { code: 'nw' },
  copyAddress: { code: 'ca' },
  back: { code: 'gb' },
  forward: { code: 'gf' },
  palette: { code: 'pa' },
  shortcuts: { code: 'sh' },
  help: { code: 'he' },
  tour: { code: 'to' },
  themeLight: { code: 'tl' },
  themeDark: { code: 'td' },
  themeAuto: { code: 'ta' },
  editPlan: { code: 'ep', at: '/plan' },
  undo: { code: 'un', at: '/plan' },
  redo: { code: 'rd', at: '/plan' },
  planHistory: { code: 'hp', at: '/plan' },
  planExport: { code: 'xp', at: '/plan' },
  planImport: { code: 'ip', at: '/plan' },
  planReport: { code: 'rp', at: '/plan' },
  planBlueprint: { code: 'cb', at: '/plan' },
  importCompose: { code: 'ic', at: '/plan?tab=files' },
  importInventory: { code: 'ii', at: '/plan?tab=files' },
  addServer: { code: 'as', to: '/servers?add=ssh' },
  addThisComputer: { code: 'ac', at: '/servers' },
  newPlaybook: { code: 'np', at: '/playbooks' },
  saveScenario: { code: 'ss', at: '/what-if' },
  refreshPrices: { code: 'fp', at: '/prices' },
  addPrice: { code: 'ap', at: '/prices' },
  importPrices: { code: 'im', at: '/prices' },
} as const satisfies Record<string, Command>

export type CommandName = keyof typeof COMMANDS
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[]

const offered = new Map<CommandName, Set<{ run: () => void }>>()
let wanted: CommandName | null = null

/** Does it where it is offered now, or goes there first. One that comes to nothing is forgotten at the next place. */
export function runCommand(name: CommandName): void {
  const here = [...(offered.get(name) ?? [])].at(-1)
  wanted = null
  if (here) {
    here.run()
    return
  }
  const { at, to }: Command = COMMANDS[name]
  if (to !== undefined) go(to)
  if (at === undefined) return
  wanted = name
  go(at)
}

/** Offers a command while the caller is drawn; null where it cannot be done just now. */
export function useCommand(name: CommandName, run: (() => void) | null): void {
  const latest = useRef(run)
  latest.current = run
  const can = run !== null
  useEffect(() => {
    if (!can) return
    const offer = { run: () => latest.current?.() }
    const offers = offered.get(name) ?? new Set()
    offered.set(name, offers.add(offer))
    if (wanted === name) {
      wanted = null
      offer.run()
    }
    return () => void offers.delete(offer)
  }, [name, can])
}

/** Whether it can be done from here: offered now, or at home in a place that is not this one. */
export function canRun(name: CommandName, hash: string): boolean {
  if ((offered.get(name)?.size ?? 0) > 0) return true
  const { at, to }: Command = COMMANDS[name]
  return to !== undefined || (at !== undefined && parseRoute(`#${at}`).place !== parseRoute(hash).place)
}
