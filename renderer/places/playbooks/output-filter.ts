import type { OutputLine } from '../../../shared/model/run.ts'

export interface OutputFilter {
  words: string
  onlyErrors: boolean
  host: string | null
  step: string | null
}

export const isOpen = ({ words, onlyErrors, host, step }: OutputFilter): boolean =>
  words.trim() === '' && !onlyErrors && host === null && step === null

/** What reads like an error: standard error, and lines that say so. */
const ERROR = /\b(?:error|fatal|failed|failure|panic|denied|refused|cannot|not found)\b/i

/**
 * Keeps which lines match while more of them come: only new lines are looked at, so that a hundred thousand lines cost
 * one look each.
 */
export class OutputIndex {
  #filter: OutputFilter | null = null
  #seen = 0
  #found: number[] = []

  /** The places in `lines` of those that match. */
  matching(lines: readonly OutputLine[], filter: OutputFilter): readonly number[] {
    const same =
      this.#filter !== null &&
      (['words', 'onlyErrors', 'host', 'step'] as const).every((key) => this.#filter?.[key] === filter[key])
    if (!same || lines.length < this.#seen) {
      this.#seen = 0
      this.#found = []
      this.#filter = filter
    }
    const words = filter.words.trim().toLowerCase()
    const fresh: number[] = []
    for (let at = this.#seen; at < lines.length; at += 1) {
      const line = lines[at] as OutputLine
      if (filter.host !== null && line.host !== filter.host) continue
      if (filter.step !== null && line.step !== filter.step) continue
      if (filter.onlyErrors && line.stream !== 'stderr' && !ERROR.test(line.text)) continue
      if (words !== '' && !line.text.toLowerCase().includes(words)) continue
      fresh.push(at)
    }
    this.#seen = lines.length
    if (fresh.length > 0) this.#found = [...this.#found, ...fresh]
    return this.#found
  }
}
