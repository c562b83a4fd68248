import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { Environment } from '../environment.ts'
import { expandHome } from './home-path.ts'
import type { Suggestion } from './interface.ts'

const MAX_FILE_BYTES = 1024 * 1024
const MAX_INCLUDE_DEPTH = 16
const MAX_SUGGESTIONS = 200
const AT_ONCE = 4
const LOOKUP_MS = 5000

/** The hosts that ~/.ssh/config and what it includes name outright; patterns and negations name none. In file order. */
export function configuredNames(configFile: string, home: string, depth = 0): string[] {
  const names = new Set<string>()
  if (depth > MAX_INCLUDE_DEPTH) return []
  for (const [keyword, words] of directives(configFile)) {
    if (keyword === 'host') for (const word of words) if (!/[*?!]/.test(word)) names.add(word)
    if (keyword === 'include')
      for (const word of words)
        for (const file of includedFiles(word, home))
          for (const name of configuredNames(file, home, depth + 1)) names.add(name)
  }
  return [...names]
}

/** What is offered on first start. Where ssh is there, it says what each name means; otherwise the name stands for itself. */
export async function suggestHosts(environment: Environment): Promise<Suggestion[]> {
  const config = join(environment.home, '.ssh', 'config')
  const names = configuredNames(config, environment.home).slice(0, MAX_SUGGESTIONS)
  const found: Suggestion[] = []
  for (let at = 0; at < names.length; at += AT_ONCE)
    found.push(...(await Promise.all(names.slice(at, at + AT_ONCE).map((name) => lookUp(name, config, environment)))))
  return found
}

async function lookUp(name: string, config: string, environment: Environment): Promise<Suggestion> {
  const settings = await askSsh(name, config, environment)
  const keys = (settings.get('identityfile') ?? []).map((path) => expandHome(path, environment.home))
  return {
    name,
    address: settings.get('hostname')?.[0] ?? name,
    port: Number(settings.get('port')?.[0] ?? 22),
    user: settings.get('user')?.[0] ?? environment.env.USER ?? 'root',
    keyPath: keys.find((path) => existsSync(path)) ?? null,
  }
}

/** `ssh -G` prints each setting that would hold for a name, without connecting. A name cannot be taken for an option. */
function askSsh(name: string, config: string, environment: Environment): Promise<Map<string, string[]>> {
  const options = { env: { ...environment.env, HOME: environment.home } as NodeJS.ProcessEnv, timeout: LOOKUP_MS }
  return new Promise((resolve) =>
    execFile('ssh', ['-G', '-F', config, '--', name], options, (error, stdout) => {
      const settings = new Map<string, string[]>()
      for (const line of error === null ? stdout.split('\n') : []) {
        const at = line.indexOf(' ')
        if (at < 0) continue
        const keyword = line.slice(0, at)
        settings.set(keyword, [...(settings.get(keyword) ?? []), line.slice(at + 1)])
      }
      resolve(settings)
    }),
  )
}

function directives(file: string): [string, string[]][] {
  if (!existsSync(file) || !statSync(file).isFile() || statSync(file).size > MAX_FILE_BYTES) return []
  const found: [string, string[]][] = []
  for (const line of readFileSync(file, 'utf8').split(/\r?\n/)) {
    const match = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.+?)\s*$/.exec(line)
    if (match?.[1] === undefined || match[2] === undefined) continue
    const words = match[2].match(/"[^"]*"|\S+/g) ?? []
    const comment = words.findIndex((word) => word.startsWith('#'))
    const used = comment < 0 ? words : words.slice(0, comment)
    found.push([match[1].toLowerCase(), used.map((word) => word.replace(/^"|"$/g, ''))])
  }
  return found
}

/** An Include path is relative to ~/.ssh; its last part may hold wildcards. */
function includedFiles(word: string, home: string): string[] {
  const expanded = expandHome(word, home)
  const path = isAbsolute(expanded) ? expanded : join(home, '.ssh', expanded)
  const slash = path.lastIndexOf('/')
  const folder = path.slice(0, slash)
  const last = path.slice(slash + 1)
  if (!/[*?]/.test(last)) return [path]
  if (!existsSync(folder)) return []
  const pattern = new RegExp(
    `^${last
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  )
  return readdirSync(folder)
    .filter((name) => pattern.test(name) && !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name))
}
