import { PLACES, type PlaceName } from '../../shared/model/address.ts'
import type { CommandName } from './palette/commands.ts'

/** After `g`, the letter of a place. */
export const LETTERS: Readonly<Record<string, PlaceName>> = {
  n: 'now',
  s: 'servers',
  p: 'plan',
  w: 'what-if',
  b: 'playbooks',
  r: 'prices',
  t: 'settings',
}

export const isMac = /^Mac|iPhone|iPad/.test(navigator.platform)
const mod = (key: string) => (isMac ? `⌘${key}` : `Ctrl ${key}`)

/** The keys as they are printed on this system's keyboards. */
export const PALETTE_KEYS = mod('K')
const COMMAND_KEYS: Partial<Record<CommandName, string>> = {
  shortcuts: '?',
  help: 'F1',
  undo: mod('Z'),
  redo: isMac ? '⇧⌘Z' : 'Ctrl Shift Z',
  // In a browser these two are the browser's own.
  ...(window.headroom ? { newWindow: mod('N'), openFile: mod('O') } : {}),
  back: isMac ? '⌘[' : 'Alt ←',
  forward: isMac ? '⌘]' : 'Alt →',
}

/** What to press instead of the palette, if anything. */
export function keysOf(name: CommandName | PlaceName): string | undefined {
  const letter = Object.keys(LETTERS).find((key) => LETTERS[key] === name)
  return PLACES.some((place) => place === name) ? `g ${letter}` : COMMAND_KEYS[name as CommandName]
}

/** Whether Ctrl, or the command key of a Mac, is held and nothing else. */
export function withMod(event: KeyboardEvent): boolean {
  return (isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey
}
