import { createHash } from 'node:crypto'

/** One shell command (or SQL statement) of a fenced block of a source document. */
export interface DocumentCommand {
  document: string
  /** The first words of it, cut short: to find it again, not to read it. */
  label: string
  hash: string
}

/** A command and what the product has in its place. */
export interface CoveredCommand extends DocumentCommand {
  /** `playbook/step: words` that stand in that step, or `probe: words` that stand in the probe. */
  in: string[]
}

/**
 * The commands of the bash and sql blocks of a document, in their order, and the steps that its comments number; what only
 * echoes a heading is none.
 */
export function commandsOf(document: string, markdown: string): DocumentCommand[] {
  const commands: DocumentCommand[] = []
  const add = (text: string) =>
    commands.push({
      document,
      label: text.split(/\s+/).slice(0, 3).join(' ').slice(0, 28),
      hash: createHash('sha256').update(text).digest('hex').slice(0, 12),
    })
  for (const [, language = '', body = ''] of markdown.matchAll(/^[ \t]*```(bash|sql)\r?\n([\s\S]*?)^[ \t]*```/gm)) {
    let open = ''
    for (const line of body.split(/\r?\n/)) {
      const numbered = open === '' ? /^\s*# (\d+\. .*)/.exec(line)?.[1] : undefined
      if (numbered !== undefined) add(numbered)
      if (open === '' && /^\s*(#|--|$|echo )/.test(line)) continue
      open = open === '' ? line.trim() : `${open} ${line.trim()}`
      const quotes = (open.match(/"/g) ?? []).length
      if (open.endsWith('\\')) open = open.slice(0, -1).trim()
      else if (quotes % 2 === 0 && (language !== 'sql' || open.endsWith(';'))) {
        add(open)
        open = ''
      }
    }
  }
  return commands
}
