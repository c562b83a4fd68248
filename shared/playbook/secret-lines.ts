/** Names whose values are hidden. `auth` and `key` alone are too common; they count at the end of a name only. */
const SECRET_NAME =
  /passw|passphrase|(?:^|[_.-])pass$|secret|token|credential|private|(?:api|access|signing|encryption|auth|master|_)_?key(?:s|_base)?$|(?:^|_)dsn$|(?:^|_)salt$|(?:^|_)auth$/i
/** `KEY=value`, `export KEY=value`, `key: value`, `- KEY=value`, `"key": "value",`, `key value` of a configuration. */
const ASSIGNMENT = /^(\s*(?:-\s+)?["']?(?:export\s+)?["']?([A-Za-z_][A-Za-z0-9_.-]*)["']?\s*[=:]\s*)(.*?)(["']?,?\r?)$/
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*):([^\s@"']+)@/gi
const REFERENCE = /^["']?\$\{[^}:]+\}["']?$/

/** Whether the value of a setting of this name is to be hidden. */
export const looksSecret = (name: string): boolean => SECRET_NAME.test(name)

/**
 * A text with the values of its secrets replaced by their names, the number of lines unchanged: settings whose name
 * looks secret or is one of `also`, passwords within URLs, private keys in PEM.
 */
export function hideSecretValues(text: string, also: ReadonlySet<string> = new Set()): string {
  const hidden = (name: string): boolean => also.has(name) || looksSecret(name)
  let pem = false
  let quote: { mark: string; name: string } | null = null
  return text
    .split('\n')
    .map((line) => {
      const end = line.endsWith('\r') ? '\r' : ''
      if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line)) {
        pem = !/-----END [A-Z ]*PRIVATE KEY-----/.test(line)
        return `${line.slice(0, line.indexOf('-----BEGIN'))}‹private key›${end}`
      }
      if (pem) {
        pem = !/-----END [A-Z ]*PRIVATE KEY-----/.test(line)
        return `‹private key›${end}`
      }
      if (quote) {
        const name = quote.name
        if (line.includes(quote.mark)) quote = null
        return `‹${name}›${end}`
      }
      const parts = ASSIGNMENT.exec(line)
      if (parts && hidden(parts[2] ?? '')) {
        const [, head = '', name = '', value = ''] = parts
        const bare = value.replace(/^["']/, '')
        if (bare === '' || REFERENCE.test(value)) return line
        const mark = /^["']/.exec(value)?.[0]
        if (mark && !value.slice(1).includes(mark) && !(parts[4] ?? '').includes(mark)) quote = { mark, name }
        return `${head}‹${name}›${end}`
      }
      return inBrackets(line, hidden).replace(URL_PASSWORD, (_all, start: string) => `${start}:‹password›@`)
    })
    .join('\n')
}

/** Settings within braces and brackets of one line, as YAML and JSON have them. */
const IN_BRACKETS =
  /([{,[]\s*)(?:"([A-Za-z_][\w.-]*)=(?:[^"\\]|\\.)*"|'([A-Za-z_][\w.-]*)=[^']*'|(["']?)([A-Za-z_][\w.-]*)\4(\s*:\s*|=)(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,}\]](?:[^,}\]]*[^\s,}\]])?))/g

const inBrackets = (line: string, hidden: (name: string) => boolean): string =>
  line.replace(
    IN_BRACKETS,
    (all: string, open: string, double?: string, single?: string, _quote?: string, plain?: string, equals?: string) => {
      const name = double ?? single ?? plain ?? ''
      return hidden(name) ? `${open}${name}${equals ?? '='}‹${name}›` : all
    },
  )
