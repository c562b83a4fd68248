import type { Artifact } from '../../../../shared/model/artifact.ts'
import styles from './files.module.css'

type Piece = { text: string; kind?: 'remark' | 'key' | 'value' }

/** A file's lines with remarks, names and values told apart. Long ones are drawn as they are: nothing is cut. */
export function Coloured({ text, language, label }: { text: string; language: Artifact['language']; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.source} tabIndex={0} aria-label={label}>
      <pre>
        {text
          .replace(/\n$/, '')
          .split('\n')
          .map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text never change their order
            <span key={index} className={styles.line}>
              {piecesOf(line, language).map((piece, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line never change their order
                <span key={at} data-kind={piece.kind}>
                  {piece.text}
                </span>
              ))}
              {'\n'}
            </span>
          ))}
      </pre>
    </section>
  )
}

const NAMES: Partial<Record<Artifact['language'], RegExp>> = {
  yaml: /^(\s*(?:- )*)([^\s:#"'][^:#]*)(:)(?=\s|$)/,
  json: /^(\s*)("(?:[^"\\]|\\.)*")(:)/,
  ini: /^(\s*)([\w.*-]+)(\s*=)/,
  env: /^()(\w+)(=)/,
  shell: /^(\s*)(\w+)(=)/,
  nginx: /^(\s*)([a-z_]+)()(?=\s)/,
  haproxy: /^(\s*)([a-z-]+)()(?=\s)/,
}

/** A line as pieces; exported for its test. */
export function piecesOf(line: string, language: Artifact['language']): Piece[] {
  const remark = language === 'json' ? -1 : remarkAt(line)
  const code = remark < 0 ? line : line.slice(0, remark)
  const rest: Piece[] = remark < 0 ? [] : [{ text: line.slice(remark), kind: 'remark' }]
  const match = NAMES[language]?.exec(code)
  if (!match) return code === '' ? rest : [{ text: code }, ...rest]
  const [whole, before = '', name = '', after = ''] = match
  const value = code.slice(whole.length)
  return [
    ...(before === '' ? [] : [{ text: before }]),
    { text: name, kind: 'key' as const },
    ...(after === '' ? [] : [{ text: after }]),
    ...(value === '' ? [] : [{ text: value, kind: 'value' as const }]),
    ...rest,
  ]
}

/** Where a remark begins: at a line's own sign, or behind a space and outside of quotes. */
function remarkAt(line: string): number {
  const own = /^\s*[#;]/.exec(line)
  if (own) return line.search(/[#;]/)
  let quote: string | null = null
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] as string
    if (quote !== null) {
      if (char === '\\' && quote === '"') at += 1
      else if (char === quote) quote = null
    } else if (char === '"' || (char === "'" && !/\w/.test(line[at - 1] ?? ''))) quote = char
    else if (char === '#' && /\s/.test(line[at - 1] ?? ' ')) return at
  }
  return -1
}

/** A unified diff. */
export function Difference({ diff, label }: { diff: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.source} tabIndex={0} aria-label={label}>
      <pre>
        {diff
          .replace(/\n$/, '')
          .split('\n')
          .map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a diff never change their order
            <span key={index} className={styles.line} data-change={changeOf(line, index)}>
              {`${line}\n`}
            </span>
          ))}
      </pre>
    </section>
  )
}

const changeOf = (line: string, index: number): string | undefined =>
  index < 2 || line.startsWith('@@') ? 'head' : line.startsWith('+') ? 'in' : line.startsWith('-') ? 'out' : undefined
