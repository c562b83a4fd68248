import { routeOfLink } from '../../shared/model/address.ts'
import { EXPORT_EXTENSION } from '../../shared/model/workspace-file.ts'

/** What the desktop asks the app to open. */
export type Given =
  | { kind: 'route'; hash: string }
  /** A file whose text goes to the window, which shows it before anything is made of it. */
  | { kind: 'file'; path: string }
  /** A workspace in one file: brought in by its own dialog, which asks first. */
  | { kind: 'workspace'; path: string }

/** Files of these kinds are understood; another is not even read. */
const TEXTS = /\.(ya?ml|csv|tsv|json|ini|cfg|txt)$/i

/** One word that the desktop gave: a link, or a file. Null for everything else, options of Chromium's among them. */
export function givenBy(word: string): Given | null {
  const hash = routeOfLink(word)
  if (hash !== null) return { kind: 'route', hash }
  if (word.startsWith('-') || /^[a-z][\w+.-]+:/i.test(word)) return null
  if (word.toLowerCase().endsWith(EXPORT_EXTENSION)) return { kind: 'workspace', path: word }
  return TEXTS.test(word) ? { kind: 'file', path: word } : null
}

/**
 * What a command line asks for. `own`: how many words at its head are the program's own (and, unpackaged, the app's
 * folder). A word after a switch that takes one, as --workspace does, is that switch's.
 */
export function givenByArguments(argv: readonly string[], own: number): Given[] {
  return argv.slice(own).flatMap((word, index, words) => {
    if (words[index - 1] === '--workspace') return []
    return givenBy(word) ?? []
  })
}
