/** A server as it may be called in what was measured. */
export interface ServerName {
  name: string
  /** Addresses and other names of it. */
  also: readonly string[]
}

/**
 * Takes the names of servers out of a text that tells what was measured: each becomes "server 1", "server 2", in the order
 * of the list. Only whole words count, so that a server "db" leaves "db-backup" alone; longer names go first.
 */
export function anonymiser(hidden: readonly ServerName[]): (text: string) => string {
  const words = hidden
    .flatMap(({ name, also }, index) => [name, ...also].map((word) => ({ word, instead: `server ${index + 1}` })))
    .filter(({ word }) => word.trim() !== '')
    .sort((a, b) => b.word.length - a.word.length || (a.word < b.word ? -1 : 1))
  if (words.length === 0) return (text) => text
  const instead = new Map(words.map((one) => [one.word, one.instead]))
  const any = [...instead.keys()].map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${any})(?![\\p{L}\\p{N}_-])`, 'gu')
  return (text) => text.replace(pattern, (word) => instead.get(word) ?? word)
}
