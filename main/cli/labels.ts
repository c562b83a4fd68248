import { UsageError } from './usage-error.ts'

/** @throws UsageError for a word that is not LABEL=VALUE. */
export function labelsOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      if (at < 1) throw new UsageError(`"${word}" is not LABEL=VALUE, such as mount=/srv.`)
      return [word.slice(0, at), word.slice(at + 1)]
    }),
  )
}
