/** What the palette can be asked for. `label` is what is read first; `more` is found too, but counts less. */
export interface Findable {
  label: string
  /** Two letters that stand for a command; they win over everything else. */
  code?: string
  more?: string
  /** Breaks ties: what is asked for more often comes first. 0..20. */
  weight?: number
}

export interface Found<T> {
  entry: T
  score: number
  /** Places of the label's characters that matched, ascending. */
  marks: number[]
}

/** Scores by how a word of the question was found; between two steps lies more than all ties together can make up. */
const SCORE = { code: 1000, whole: 900, start: 800, initials: 700, word: 600, inside: 400, moreWord: 300, more: 200 }
const LOOSE = 100

/**
 * The entries that hold every word of the question, best first. A word may be the start of the label, of one of its
 * words, their first letters, a part of it, a part of what stands beside it, or its letters in order with gaps. Equal
 * ones keep their order.
 */
export function rank<T extends Findable>(entries: readonly T[], question: string, most: number): Found<T>[] {
  const words = fold(question).split(/\s+/).filter(Boolean)
  if (words.length === 0) return entries.slice(0, most).map((entry) => ({ entry, score: 0, marks: [] }))
  const found: Found<T>[] = []
  for (const entry of entries) {
    const one = words.length > 1 ? (match(entry, words.join(' ')) ?? matchAll(entry, words)) : matchAll(entry, words)
    if (one) found.push({ entry, score: one.score + (entry.weight ?? 0), marks: one.marks })
  }
  return found.sort((a, b) => b.score - a.score).slice(0, most)
}

interface Match {
  score: number
  marks: number[]
}

/** Every word has to be found; together they score as the weakest of them. */
function matchAll(entry: Findable, words: readonly string[]): Match | null {
  const marks = new Set<number>()
  let score = Number.POSITIVE_INFINITY
  for (const word of words) {
    const one = match(entry, word)
    if (!one) return null
    score = Math.min(score, one.score)
    for (const mark of one.marks) marks.add(mark)
  }
  return { score, marks: [...marks].sort((a, b) => a - b) }
}

function match(entry: Findable, word: string): Match | null {
  if (entry.code === word) return { score: SCORE.code, marks: [] }
  const label = fold(entry.label)
  const at = label.indexOf(word)
  const length = Math.min(90, label.length) / 2
  if (at === 0) {
    const score = label.length === word.length ? SCORE.whole : SCORE.start - length
    return { score, marks: span(0, word.length) }
  }
  const starts = wordStarts(label)
  const initials = inOrder(starts.map((start) => label[start] ?? '').join(''), word)
  if (word.length > 1 && initials)
    return { score: SCORE.initials - length, marks: initials.map((index) => starts[index] ?? 0) }
  const begun = starts.find((start) => label.startsWith(word, start))
  if (begun !== undefined) return { score: SCORE.word - length, marks: span(begun, word.length) }
  if (at > 0) return { score: SCORE.inside - length, marks: span(at, word.length) }
  const more = fold(entry.more ?? '')
  const beside = more.indexOf(word)
  if (beside >= 0) {
    const whole = beside === 0 || !isLetter(more[beside - 1] ?? '')
    return { score: whole ? SCORE.moreWord : SCORE.more, marks: [] }
  }
  // Letters in order with gaps, within reach of a slip of the hand: no more than as many gaps as letters.
  const loose = inOrder(label, word)
  if (!loose || word.length < 2) return null
  const gaps = (loose.at(-1) ?? 0) - (loose[0] ?? 0) + 1 - word.length
  return gaps > word.length * 2 ? null : { score: LOOSE - gaps, marks: loose }
}

/** Lower case, without accents, of the same length as the text, so that places stay what they are. */
function fold(text: string): string {
  let folded = ''
  for (const one of text) {
    const plain = one.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    folded += plain.length === one.length ? plain : one
  }
  return folded
}

const isLetter = (one: string): boolean => /[\p{L}\p{N}]/u.test(one)

function wordStarts(text: string): number[] {
  const starts: number[] = []
  for (let at = 0; at < text.length; at += 1)
    if (isLetter(text[at] ?? '') && (at === 0 || !isLetter(text[at - 1] ?? ''))) starts.push(at)
  return starts
}

/** The places of `letters` in `text`, each after the one before; null where one is missing. */
function inOrder(text: string, letters: string): number[] | null {
  const places: number[] = []
  let from = 0
  for (const letter of letters) {
    const at = text.indexOf(letter, from)
    if (at === -1) return null
    places.push(at)
    from = at + 1
  }
  return places
}

const span = (from: number, length: number): number[] => Array.from({ length }, (_, index) => from + index)
