import type { Command, Word } from '../model/command.ts'
import { HeadroomError } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import { shownLater } from '../playbook/later.ts'

/**
 * A command as text for POSIX sh, and what goes to its standard input (null: nothing).
 * `text` never holds a secret, so it is the same in a preview and on the wire, and `ps` shows nothing that a preview
 * does not. Secrets travel on standard input: a secret of `env` is read from its first lines by the shell's own `read`,
 * before the command's own input begins.
 */
export interface ShellText {
  text: string
  stdin: string | null
}

const NEEDS_NO_QUOTES = /^(?:[A-Za-z0-9_@%+:,./][A-Za-z0-9_@%+:,./-]*|-[A-Za-z0-9_@%+=:,./-]*)$/
const RESERVED = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'do',
  'done',
  'case',
  'esac',
  'while',
  'until',
  'for',
  'in',
  'function',
  'select',
  'time',
  'coproc',
])
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** One word, quoted so that any POSIX shell reads it back unchanged. Control characters stay as they are inside quotes. */
export function quoteWord(word: string): string {
  if (word.includes('\0') || !word.isWellFormed())
    throw new HeadroomError({
      code: 'COMMAND_TEXT_INVALID',
      fact: 'A word of a command holds a NUL character or broken Unicode, which no command line can carry.',
      fix: 'Remove the character from the value.',
    })
  return NEEDS_NO_QUOTES.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/**
 * The one place where a command becomes text. With `reveal: false` the secrets on standard input, and later values
 * anywhere, read ‹name›.
 * Throws COMMAND_EMPTY, SECRET_IN_ARGV, ENV_NAME_INVALID and COMMAND_TEXT_INVALID.
 */
export function renderCommand(given: Command, options: { reveal: boolean }): ShellText {
  const command = options.reveal ? given : inTexts(given, shownLater)
  const words = command.argv.map(argumentText)
  const first = command.argv[0]
  if (first === undefined)
    throw new HeadroomError({ code: 'COMMAND_EMPTY', fact: 'A command has no words.', fix: 'Name the program to run.' })
  if (typeof first === 'string' && RESERVED.has(first)) words[0] = `'${first}'`

  const before: string[] = []
  const assignments: string[] = []
  const secretLines: string[] = []
  if (command.cwd !== undefined) before.push(`cd ${quoteWord(plainPath(command.cwd))}`)
  for (const [name, value] of Object.entries(command.env ?? {})) {
    if (!ENV_NAME.test(name))
      throw new HeadroomError({
        code: 'ENV_NAME_INVALID',
        fact: `"${name}" is not a name that an environment variable can have.`,
        fix: 'Use letters, digits and underscores, and start with a letter or an underscore.',
        field: 'env',
        value: name,
      })
    if (value instanceof Secret) {
      before.push(readFromStdin(name, value))
      secretLines.push(options.reveal ? value.reveal() : `‹${value.name}›`)
    } else assignments.push(`${name}=${typeof value === 'string' ? quoteWord(value) : value.raw}`)
  }

  const simple = [...assignments, ...words].join(' ')
  const body = [...before, simple].join(' && ')
  return {
    text: command.sudo ? asRoot(command, body) : body,
    stdin: standardInput(command, secretLines, options.reveal),
  }
}

/** The command with every plain text of it changed: words, variables, folder and standard input. */
export function inTexts(command: Command, change: (text: string) => string): Command {
  const word = (one: Word): Word => (typeof one === 'string' ? change(one) : one)
  return {
    ...command,
    argv: command.argv.map(word),
    ...(command.env && { env: Object.fromEntries(Object.entries(command.env).map(([key, one]) => [key, word(one)])) }),
    ...(command.cwd !== undefined && { cwd: change(command.cwd) }),
    ...(typeof command.stdin === 'string' && { stdin: change(command.stdin) }),
  }
}

/** True when the command holds words that are inserted unquoted; a review marks those. */
export function hasRawWords(command: Command): boolean {
  return [...command.argv, ...Object.values(command.env ?? {})].some(
    (word) => typeof word === 'object' && !(word instanceof Secret),
  )
}

function argumentText(word: Word): string {
  if (typeof word === 'string') return quoteWord(word)
  if (!(word instanceof Secret)) return word.raw
  throw new HeadroomError({
    code: 'SECRET_IN_ARGV',
    fact: `The secret "${word.name}" stands in a command line, where every user of the server could read it.`,
    fix: 'Pass it in an environment variable or on standard input.',
    field: 'argv',
  })
}

/** A relative path gets "./": `cd` would look it up in CDPATH, and take a leading hyphen for an option. */
function plainPath(path: string): string {
  return path.startsWith('/') || path.startsWith('./') ? path : `./${path}`
}

/**
 * `read` takes one line, so a secret of several lines is put together line by line. Only the number of lines shows.
 * POSIX has `read` take no byte past the line from a pipe, so what follows is left for the command.
 */
function readFromStdin(name: string, secret: Secret): string {
  quoteWord(secret.reveal())
  const more = secret.reveal().split('\n').length - 1
  const rest = Array.from({ length: more }, () => ` && IFS= read -r hr_line && ${name}="$${name}\n$hr_line"`).join('')
  return `IFS= read -r ${name}${rest} && export ${name}`
}

/** Without `env`, `cwd` and raw words sudo runs the program itself, so that a rule for that program in sudoers applies. */
function asRoot(command: Command, body: string): string {
  const first = command.argv[0]
  const direct =
    command.cwd === undefined &&
    Object.keys(command.env ?? {}).length === 0 &&
    !hasRawWords(command) &&
    typeof first === 'string' &&
    !first.includes('=')
  return direct ? `sudo -n -- ${body}` : `sudo -n -- sh -c ${quoteWord(body)}`
}

function standardInput(command: Command, secretLines: string[], reveal: boolean): string | null {
  if (secretLines.length === 0 && command.stdin === undefined) return null
  const own =
    command.stdin === undefined
      ? ''
      : typeof command.stdin === 'string'
        ? command.stdin
        : reveal
          ? command.stdin.reveal()
          : `‹${command.stdin.name}›`
  return [...secretLines.map((line) => `${line}\n`), own].join('')
}
