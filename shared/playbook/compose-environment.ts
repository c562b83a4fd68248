import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { HeadroomError } from '../model/problem.ts'
import { checkSetting, type Settings } from './env-file.ts'

interface Item {
  name: string
  /** Offsets of the value within the text; of a list, of the whole item. */
  value: [number, number]
  /** The entry's lines: the offset of the first one, and of the one after it. */
  lines: [number, number]
  column: number
  quote: string
}

/**
 * A Compose file with settings of one service's `environment` changed in place, whether it is a map or a list. All
 * other bytes stay: comments, order, quotes, anchors, line ends. A `$` of a value is written `$$`, so that Compose does
 * not take it for a variable.
 * @throws HeadroomError COMPOSE_INVALID, COMPOSE_SERVICE_MISSING, COMPOSE_ENVIRONMENT_SHARED, ENV_NAME_INVALID, ENV_VALUE_INVALID
 */
export function editComposeEnvironment(text: string, service: string, settings: Settings): string {
  let now = text
  for (const [name, value] of settings) {
    checkSetting(name, value)
    now = change(now, service, name, value)
  }
  return now
}

function change(text: string, service: string, name: string, value: string | null): string {
  const document = parseDocument(text, { lineCounter: new LineCounter(), keepSourceTokens: true })
  const [error] = document.errors
  if (error)
    throw new HeadroomError({
      code: 'COMPOSE_INVALID',
      fact: `The Compose file is not valid YAML: ${error.message.split('\n')[0]}`,
      fix: 'Correct it on the server first.',
    })
  const services = document.get('services', true)
  const node = isMap(services) ? services.get(service, true) : undefined
  if (!isMap(node)) {
    const names = isMap(services) ? services.items.map(({ key }) => String(key)) : []
    throw new HeadroomError({
      code: 'COMPOSE_SERVICE_MISSING',
      fact: `The Compose file has no service "${service}".`,
      fix: names.length > 0 ? `It has ${names.join(', ')}.` : 'It has no services.',
      field: 'service',
      value: service,
    })
  }
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const pair = (node as YAMLMap).items.find(({ key }) => isScalar(key) && key.value === 'environment')
  const environment = pair?.value as Node | null | undefined
  const empty = !environment || (isScalar(environment) && environment.value === null)
  if (empty || ((isMap(environment) || isSeq(environment)) && environment.items.length === 0)) {
    if (value === null) return text
    return began(text, node as YAMLMap, pair as Pair | undefined, `${name}: ${scalar(value, '')}`, end)
  }
  const shared =
    isAlias(environment) ||
    (isMap(environment) && environment.items.some(({ key }) => String(key) === '<<' && name === '<<'))
  if (shared || !(isMap(environment) || isSeq(environment)))
    throw new HeadroomError({
      code: 'COMPOSE_ENVIRONMENT_SHARED',
      fact: `The environment of "${service}" is an alias of another place in the file.`,
      fix: 'Edit the env file instead, or write the service an environment of its own.',
      field: 'service',
      value: service,
    })
  if (environment.flow) return inFlow(text, environment, name, value)
  const list = isSeq(environment)
  const items = itemsOf(text, environment)
  const item = items.findLast((one) => one.name === name)
  if (value === null) {
    let out = text
    for (const { lines } of items.filter((one) => one.name === name).reverse()) out = splice(out, lines, '')
    return out
  }
  if (item) return splice(text, item.value, list ? listItem(name, value, item.quote) : scalar(value, item.quote))
  const last = items.at(-1) as Item
  const line = `${' '.repeat(last.column)}${list ? `- ${listItem(name, value, '')}` : `${name}: ${scalar(value, '')}`}`
  return closed(text, last.lines[1], line, end)
}

function itemsOf(text: string, environment: YAMLMap | YAMLSeq): Item[] {
  const lineStart = (offset: number) => text.lastIndexOf('\n', offset - 1) + 1
  const lineEnd = (offset: number) => {
    const at = text.indexOf('\n', offset)
    return at < 0 ? text.length : at + 1
  }
  const item = (name: string, key: number, node: Node | null | undefined, whole: boolean): Item => {
    const [from, to] = node?.range ?? [key, key]
    const source = text.slice(from, to)
    const start = lineStart(key)
    const indent = /^\s*/.exec(text.slice(start))?.[0].length ?? 0
    // A block scalar's range takes in its last line end.
    const until = lineEnd(source.endsWith('\n') ? to - 1 : to)
    return {
      name,
      value: [from, to],
      lines: [start, until],
      column: indent,
      quote: whole || source !== '' ? (/^["']/.exec(source)?.[0] ?? '') : '',
    }
  }
  if (isSeq(environment))
    return environment.items.map((one) => {
      const node = one as Node
      const said = isScalar(node) ? String(node.value) : ''
      return item(said.split('=')[0] ?? '', node.range?.[0] ?? 0, node, true)
    })
  return environment.items.map((one) => {
    const key = one.key as Node
    const value = one.value as Node | null
    const made = item(String(isScalar(key) ? key.value : ''), key.range?.[0] ?? 0, value, false)
    const at = key.range?.[1] ?? 0
    // `KEY:` without a value has none to replace: the colon is where one goes in.
    return value === null || (value.range && value.range[0] === value.range[1])
      ? { ...made, value: [at, text.indexOf(':', at) + 1], quote: ':' }
      : made
  })
}

/** Where the environment is missing or empty, it is written anew as a map at the end of the service. */
function began(text: string, service: YAMLMap, pair: Pair | undefined, line: string, end: string): string {
  const first = service.items[0]?.key as Node | undefined
  const at = first?.range?.[0] ?? 0
  const start = text.lastIndexOf('\n', at - 1) + 1
  if (service.flow || !first)
    throw new HeadroomError({
      code: 'COMPOSE_INVALID',
      fact: 'The service is written on one line in braces and has no environment to edit.',
      fix: 'Give the service an environment in the file, on lines of its own.',
    })
  const indent = ' '.repeat(at - start)
  const inner = `${indent}  ${line}`
  if (pair) {
    const key = (pair.key as Node).range ?? [0, 0, 0]
    const value = (pair.value as Node | null)?.range
    const to = value && value[1] > value[0] ? value[1] : text.indexOf(':', key[1]) + 1
    return `${text.slice(0, key[0])}environment:${end}${inner}${text.slice(to)}`
  }
  const to = service.range?.[1] ?? text.length
  const rest = text.slice(0, to).trimEnd().length
  const next = text.indexOf('\n', rest)
  return closed(text, next < 0 ? text.length : next + 1, `${indent}environment:${end}${inner}`, end)
}

function inFlow(text: string, environment: YAMLMap | YAMLSeq, name: string, value: string | null): string {
  const parts = environment.items.map((one) => {
    const node = (isSeq(environment) ? one : (one as Pair).key) as Node
    const last = (isSeq(environment) ? one : ((one as Pair).value ?? (one as Pair).key)) as Node
    const said = isScalar(node) ? String(node.value) : ''
    return {
      name: isSeq(environment) ? (said.split('=')[0] ?? '') : said,
      text: text.slice(node.range?.[0], last.range?.[1]),
    }
  })
  const list = isSeq(environment)
  const line =
    value === null
      ? null
      : list
        ? JSON.stringify(`${name}=${dollars(value)}`)
        : `${name}: ${JSON.stringify(dollars(value))}`
  const kept = parts.map((part) => (part.name === name ? line : part.text)).filter((part) => part !== null)
  if (line !== null && !parts.some((part) => part.name === name)) kept.push(line)
  const [from, to] = environment.range ?? [0, 0]
  return splice(text, [from, to], list ? `[${kept.join(', ')}]` : `{ ${kept.join(', ')} }`)
}

const splice = (text: string, [from, to]: [number, number], put: string): string =>
  text.slice(0, from) + put + text.slice(to)

/** A line put in at the start of a line, or at the end of a text that has no last line end. */
const closed = (text: string, at: number, line: string, end: string): string =>
  at === text.length && !text.endsWith('\n')
    ? `${text}${end}${line}`
    : `${text.slice(0, at)}${line}${end}${text.slice(at)}`

const dollars = (value: string): string => value.replaceAll('$', '$$$$')

/** Plain where YAML reads it back as this very text; numbers and words such as yes are quoted. */
function scalar(value: string, quote: string): string {
  const text = dollars(value)
  if (quote === ':') return `: ${scalar(value, '')}`
  if (quote === "'" && !/[^\x20-\x7e]/.test(text)) return `'${text.replaceAll("'", "''")}'`
  if (
    quote === '' &&
    /^[A-Za-z_/][A-Za-z0-9_@%+,./=$-]*$/.test(text) &&
    !/^(?:true|false|yes|no|on|off|y|n|null|_+)$/i.test(text)
  )
    return text
  return JSON.stringify(text)
}

function listItem(name: string, value: string, quote: string): string {
  const text = `${name}=${dollars(value)}`
  if (quote === '' && /^[A-Za-z0-9_@%+,./=$-]*$/.test(text)) return text
  return quote === "'" && !/[^\x20-\x7e]/.test(text) ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text)
}
