import * as z from 'zod'
import { parseYamlDocument, YAML_LIMITS } from '../../format/yaml-document.ts'
import type { ImportedHost } from '../../model/imported.ts'
import { HeadroomError } from '../../model/problem.ts'
import { expanded, MOST_HOSTS, type RawHost } from './host-pattern.ts'
import { IniFault, readIni } from './inventory-ini.ts'

export interface Inventory {
  format: 'ini' | 'yaml'
  hosts: ImportedHost[]
  /** What was not taken, in words. */
  left: string[]
}

const ScalarSchema = z.unknown()
interface YamlGroup {
  hosts?: Record<string, Record<string, unknown> | null> | null | undefined
  vars?: Record<string, unknown> | null | undefined
  children?: Record<string, YamlGroup | null> | null | undefined
}
const VarsSchema = z.record(z.string(), ScalarSchema)
const GroupSchema: z.ZodType<YamlGroup> = z.lazy(() =>
  z.strictObject({
    hosts: z.record(z.string(), VarsSchema.nullable()).nullish(),
    vars: VarsSchema.nullish(),
    children: z.record(z.string(), GroupSchema.nullable()).nullish(),
  }),
)
const InventorySchema = z.record(z.string(), GroupSchema.nullable())

/**
 * The hosts of an Ansible inventory. YAML by the end of its name or by its first line, else INI.
 * Passwords and other secrets are left out, and told; Jinja templates are not evaluated.
 * @throws HeadroomError YAML_INVALID, INVENTORY_INVALID (both with line and column), INVENTORY_EMPTY
 */
export function readInventory(text: string, fileName: string): Inventory {
  const first = /^[^\S\n]*([^\s#].*)$/m.exec(text)?.[1] ?? ''
  const isYaml = /\.ya?ml$/i.test(fileName) || /^(---|[A-Za-z_][\w-]*:)\s*$/.test(first)
  const raw = isYaml ? fromYaml(text, fileName) : fromIni(text, fileName)
  if (raw.size === 0)
    throw new HeadroomError({
      code: 'INVENTORY_EMPTY',
      fact: `${fileName} names no hosts.`,
      fix: 'Choose the inventory itself; variables in group_vars and host_vars are not hosts.',
      field: 'fileName',
      value: fileName,
    })
  const left: string[] = []
  const hosts = [...raw].map(([name, host]) => hostOf(name, host, left))
  return { format: isYaml ? 'yaml' : 'ini', hosts, left: [...new Set(left)] }
}

function fromIni(text: string, fileName: string): Map<string, RawHost> {
  if (text.length > YAML_LIMITS.characters)
    throw invalid(
      fileName,
      new IniFault(1, 1, `the file has ${text.length} characters; at most ${YAML_LIMITS.characters} are read`),
    )
  try {
    return readIni(text)
  } catch (error) {
    if (error instanceof IniFault) throw invalid(fileName, error)
    throw error
  }
}

function invalid(fileName: string, { line, column, message }: IniFault): HeadroomError {
  const place = `${fileName}:${line}:${column} ${message}`
  return new HeadroomError({
    code: 'INVENTORY_INVALID',
    fact: `The inventory cannot be read: ${place}.`,
    fix: 'Correct the line named and read the file again.',
    field: 'fileName',
    value: fileName,
    details: { '1': place },
  })
}

/** As deep as anybody nests groups; more is a file that means harm. */
const DEEPEST = 30

function fromYaml(text: string, fileName: string): Map<string, RawHost> {
  const groups = parseYamlDocument(text, fileName, InventorySchema)
  const found = new Map<string, RawHost>()
  const walk = (
    name: string,
    group: YamlGroup | null,
    above: Record<string, unknown>,
    path: readonly string[],
  ): void => {
    if (!group || path.length > DEEPEST) return
    const vars = { ...above, ...group.vars }
    const inside = name === 'all' ? path : [name, ...path]
    for (const [pattern, own] of Object.entries(group.hosts ?? {}))
      for (const host of expanded(pattern)) {
        const before = found.get(host)
        if (!before && found.size >= MOST_HOSTS)
          throw invalid(fileName, new IniFault(1, 1, `more than ${MOST_HOSTS} hosts are not read`))
        // Of a child group the variables count before those of its parents.
        found.set(host, {
          vars: { ...(before?.vars ?? {}), ...vars, ...own },
          groups: [...new Set([...(before?.groups ?? []), ...inside])],
        })
      }
    for (const [child, part] of Object.entries(group.children ?? {})) walk(child, part, vars, inside)
  }
  for (const [name, group] of Object.entries(groups)) walk(name, group, {}, [])
  return found
}

const SECRET = /pass(word|wd)?$|become_pass|secret|token|private_key$/i

function hostOf(name: string, { vars, groups }: RawHost, left: string[]): ImportedHost {
  const text = (...keys: string[]): string | null => {
    for (const key of keys) {
      const value = vars[key]
      if (typeof value !== 'string' && typeof value !== 'number') continue
      if (!String(value).includes('{{')) return String(value)
      left.push(`${name}: ${key} is a template, which is not evaluated`)
    }
    return null
  }
  const size = (...keys: string[]): number | null => {
    const value = Number(text(...keys) ?? Number.NaN)
    return Number.isFinite(value) && value > 0 ? value : null
  }
  for (const key of Object.keys(vars))
    if (SECRET.test(key)) left.push(`${name}: ${key} is not taken, since it is a secret`)
  const connection = text('ansible_connection')
  if (connection !== null && !['ssh', 'smart', 'paramiko', 'local'].includes(connection))
    left.push(`${name}: it is reached by ${connection}, not by SSH`)
  const port = Number(text('ansible_port', 'ansible_ssh_port') ?? 22)
  const services = Array.isArray(vars.services) ? vars.services.filter((one) => typeof one === 'string') : []
  return {
    name: name.slice(0, 100),
    address: text('ansible_host', 'ansible_ssh_host') ?? name,
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : 22,
    user: text('ansible_user', 'ansible_ssh_user', 'ansible_remote_user'),
    keyPath: text('ansible_ssh_private_key_file', 'ansible_private_key_file'),
    groups,
    vcpu: size('vcpu'),
    ramGb: size('ram_gb'),
    diskGb: size('disk_gb'),
    services,
  }
}
