/** Words for files that are dropped on the window or opened from the desktop. */
export default {
  drop: 'Drop to look at it. Nothing is saved before you have seen what is in it.',
  title: 'What is in {{name}}?',
  choose: 'Open a file',
  as: 'Take it as',
  guessed: 'by what is in it',
  go: 'Look at it there',
  cancel: 'Leave it',
  head: 'The first lines of {{name}}',
  size: '{{count}} lines, {{size}}',
  kinds: {
    plan: 'a plan (Plan)',
    compose: 'a Compose file (Plan, files of the stage)',
    inventory: 'an Ansible inventory (Plan, files of the stage)',
    prices: 'own prices (Prices)',
    series: 'a measured series (What-if, Measured)',
    keys: 'host keys (Settings, Known host keys)',
  },
  unreadable: {
    fact: '{{name}} could not be read as text of at most 8 MB.',
    fix: 'Give a plan or Compose file in YAML, an inventory in INI or YAML, known_hosts, or a CSV file.',
  },
  noSecretCopy: {
    fact: 'A secret is not copied here, since a browser cannot clear it from the clipboard again.',
  },
} as const
