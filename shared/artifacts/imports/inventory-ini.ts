import { expanded, MOST_HOSTS, type RawHost } from './host-pattern.ts'
import { shellWords } from './shell-words.ts'

/** A fault at a place of the file, lines and columns from 1. */
export class IniFault extends Error {
  readonly line: number
  readonly column: number
  constructor(line: number, column: number, message: string) {
    super(message)
    this.line = line
    this.column = column
  }
}

type Kind = 'hosts' | 'vars' | 'children'

/**
 * An inventory in Ansible's INI: `[group]`, `[group:vars]`, `[group:children]`, hosts with `key=value` behind them.
 * Variables of groups count before those of their parents, those of hosts before all.
 */
export function readIni(text: string): Map<string, RawHost> {
  const hosts = new Map<string, { own: Record<string, unknown>; groups: Set<string> }>()
  const groupVars = new Map<string, Record<string, unknown>>()
  const parents = new Map<string, Set<string>>()
  const known = new Set<string>(['all', 'ungrouped'])
  let group = 'ungrouped'
  let kind: Kind = 'hosts'
  text.split(/\r?\n/).forEach((whole, index) => {
    const line = index + 1
    const content = whole.trim()
    if (content === '' || content.startsWith('#') || content.startsWith(';')) return
    const column = whole.length - whole.trimStart().length + 1
    if (content.startsWith('[')) {
      const match = /^\[([^:\]\s]+)(?::(\w+))?\]\s*([#;].*)?$/.exec(content)
      const [, name, section = 'hosts'] = match ?? []
      if (name === undefined)
        throw new IniFault(line, column, 'a section is written as [group], [group:vars] or [group:children]')
      if (section !== 'hosts' && section !== 'vars' && section !== 'children')
        throw new IniFault(line, column, `a section can be of vars or children, not of "${section}"`)
      group = name
      kind = section
      known.add(name)
      return
    }
    if (kind === 'vars') {
      const at = content.indexOf('=')
      if (at < 1) throw new IniFault(line, column, `a variable is written as name=value, not "${content.slice(0, 60)}"`)
      const vars = groupVars.get(group) ?? {}
      vars[content.slice(0, at).trim()] = unquoted(content.slice(at + 1).trim())
      groupVars.set(group, vars)
      return
    }
    const words = shellWords(content.replace(/\s#.*$/, ''))
    if (words === null) throw new IniFault(line, column, 'a quote is not closed')
    const [name = '', ...rest] = words
    if (kind === 'children') {
      if (rest.length > 0) throw new IniFault(line, column, 'a child is the name of a group alone')
      known.add(name)
      parents.set(name, (parents.get(name) ?? new Set()).add(group))
      return
    }
    const own: Record<string, unknown> = {}
    for (const word of rest) {
      const at = word.indexOf('=')
      if (at < 1)
        throw new IniFault(
          line,
          whole.indexOf(word) + 1,
          `a variable of a host is written as name=value, not "${word.slice(0, 60)}"`,
        )
      own[word.slice(0, at)] = word.slice(at + 1)
    }
    for (const host of expanded(name)) {
      const before = hosts.get(host)
      if (!before && hosts.size >= MOST_HOSTS)
        throw new IniFault(line, column, `more than ${MOST_HOSTS} hosts are not read`)
      hosts.set(host, {
        own: { ...before?.own, ...own },
        groups: (before?.groups ?? new Set<string>()).add(group),
      })
    }
  })
  return new Map(
    [...hosts].map(([name, { own, groups }]) => {
      const all = ancestors(groups, parents)
      const vars = Object.assign(
        {},
        groupVars.get('all'),
        ...[...all].reverse().map((one) => groupVars.get(one)),
        own,
      ) as Record<string, unknown>
      return [name, { vars, groups: all.filter((one) => one !== 'ungrouped' && one !== 'all') }]
    }),
  )
}

/** The groups and those above them, the nearest first; a circle ends where it began. */
function ancestors(groups: ReadonlySet<string>, parents: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found = [...groups]
  for (const one of found) for (const parent of parents.get(one) ?? []) if (!found.includes(parent)) found.push(parent)
  return found
}

const unquoted = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text
