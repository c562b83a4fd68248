/** A command that hands one quoted script to a shell, taken apart for reading. */
export interface ScriptCommand {
  /** What stands before the script, such as "sh -c". */
  before: string
  /** The script as the shell gets it, without the quoting. */
  script: string
  /** What stands after it, such as further words. */
  after: string
}

/**
 * Takes `… sh -c '…' …` apart, so that its script can be read without `'\''` at every quote. Null for any other command,
 * and wherever putting the parts together again would not give the very same text.
 */
export function scriptOf(text: string): ScriptCommand | null {
  const match = /^([^']*\bsh -c )'((?:[^']|'\\'')*)'([^']*)$/.exec(text)
  if (!match) return null
  const [, before = '', quoted = '', after = ''] = match
  const script = quoted.replaceAll("'\\''", "'")
  const again = `${before}'${script.replaceAll("'", "'\\''")}'${after}`
  return again === text ? { before: before.trim(), script, after: after.trim() } : null
}
