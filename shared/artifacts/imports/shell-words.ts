/** A command line as words, as POSIX shells split it; null where a quote is not closed. Nothing is expanded. */
export function shellWords(text: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  let quote: '"' | "'" | null = null
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string
    if (quote !== null) {
      if (char === quote) quote = null
      else if (char === '\\' && quote === '"' && /["\\$`]/.test(text[at + 1] ?? '')) {
        at += 1
        word += text[at] ?? ''
      } else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (char === '\\') {
      at += 1
      word = `${word ?? ''}${text[at] ?? ''}`
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word)
      word = null
    } else word = `${word ?? ''}${char}`
  }
  if (quote !== null) return null
  return word === null ? words : [...words, word]
}
