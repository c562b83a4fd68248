import type { Text } from './model.ts'

/** One word in single quotes, whatever it holds. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

export const secretVariable = (name: string, line: number): string =>
  `secret_${safe(name)}${line === 0 ? '' : `_${line}`}`
export const laterVariable = (name: string): string => `later_${safe(name)}`

/** Letters, digits and underscores; what else there is becomes its code, so that two names never meet. */
function safe(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, (character) => (character === '_' ? '__' : `_${character.codePointAt(0)}_`))
}

/**
 * A text as one word of the script: literal parts in single quotes, values from variables of the script. What stands
 * within single quotes of the text itself is escaped for them.
 */
export function word(text: Text): string {
  if (text.length === 0) return "''"
  return text
    .map((piece) => {
      if ('text' in piece) return quote(piece.text)
      const variable = 'secret' in piece ? secretVariable(piece.secret, piece.line) : laterVariable(piece.later)
      let value = `$${variable}`
      for (let time = 0; time < piece.quoted; time += 1) value = `$(within_quotes "${value}")`
      return `"${value}"`
    })
    .join('')
}

/** A comment: each line begins with its mark, and control characters are shown, not sent. */
export const comment = (text: string, indent = ''): string =>
  text
    .split('\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .map((line) => `${indent}# ${line.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '?')}`.trimEnd())
    .join('\n')
