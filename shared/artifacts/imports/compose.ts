import * as z from 'zod'
import { parseYamlDocument } from '../../format/yaml-document.ts'
import type { ImportedServices } from '../../model/imported.ts'
import { HeadroomError } from '../../model/problem.ts'
import { type StageService, StageServiceSchema } from '../../model/stage-service.ts'
import { bytesOf } from '../settings.ts'
import { isReference } from '../workload.ts'
import { shellWords } from './shell-words.ts'

const GIB = 1024 ** 3
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const words = z.union([z.string(), z.array(scalar)])
const sizes = z.looseObject({
  cpus: z.union([z.string(), z.number()]).optional(),
  memory: z.union([z.string(), z.number()]).optional(),
})

const ComposeServiceSchema = z.looseObject({
  image: z.string().optional(),
  build: z.unknown().optional(),
  command: words.nullish(),
  scale: z.number().int().nonnegative().optional(),
  environment: z.union([z.array(z.string()), z.record(z.string(), scalar)]).nullish(),
  env_file: z.unknown().optional(),
  ports: z
    .array(
      z.union([
        z.string(),
        z.number(),
        z.looseObject({
          target: z.union([z.number(), z.string()]),
          published: z.union([z.number(), z.string()]).optional(),
          host_ip: z.string().optional(),
          protocol: z.string().optional(),
        }),
      ]),
    )
    .nullish(),
  expose: z.array(z.union([z.string(), z.number()])).nullish(),
  volumes: z
    .array(
      z.union([
        z.string(),
        z.looseObject({ source: z.string().optional(), target: z.string(), type: z.string().optional() }),
      ]),
    )
    .nullish(),
  healthcheck: z.looseObject({ test: words.nullish(), disable: z.boolean().optional() }).nullish(),
  cpus: z.union([z.string(), z.number()]).optional(),
  mem_limit: z.union([z.string(), z.number()]).optional(),
  deploy: z
    .looseObject({
      mode: z.string().optional(),
      replicas: z.number().int().nonnegative().optional(),
      resources: z.looseObject({ limits: sizes.nullish(), reservations: sizes.nullish() }).nullish(),
    })
    .nullish(),
})
type ComposeService = z.infer<typeof ComposeServiceSchema>

const ComposeFileSchema = z.looseObject({ services: z.record(z.string(), ComposeServiceSchema.nullable()) })

/** Keys that say something of a service for which a plan has no place. What follows from others is not told. */
const SILENT = new Set(['depends_on', 'restart', 'container_name', 'stop_grace_period', '<<'])

/**
 * The services of a Compose file as a plan has them. Values of variables are never taken: they may be secrets.
 * @throws HeadroomError YAML_INVALID with line and column, COMPOSE_EMPTY
 */
export function readComposeFile(text: string, fileName: string): ImportedServices {
  const file = parseYamlDocument(text, fileName, ComposeFileSchema)
  const left: string[] = []
  const services = Object.entries(file.services).map(([name, service]) =>
    serviceOf(name, merged(service ?? {}), (reason) => left.push(`${name}: ${reason}`)),
  )
  if (services.length === 0)
    throw new HeadroomError({
      code: 'COMPOSE_EMPTY',
      fact: `${fileName} has no services.`,
      fix: 'Choose a Compose file with at least one entry under services.',
      field: 'fileName',
      value: fileName,
    })
  return { services, left }
}

/** Compose files share parts with `<<`, which YAML 1.2 leaves to whoever reads. */
function merged(service: ComposeService): ComposeService {
  const base = (service as { '<<'?: unknown })['<<']
  if (base === undefined) return service
  const parts = (Array.isArray(base) ? [...base].reverse() : [base]).flatMap((part) => {
    const read = ComposeServiceSchema.safeParse(part)
    return read.success ? [merged(read.data)] : []
  })
  return Object.assign({}, ...parts, service) as ComposeService
}

function serviceOf(name: string, given: ComposeService, tell: (reason: string) => void): StageService {
  const limits = given.deploy?.resources?.limits
  const kept = given.deploy?.resources?.reservations
  const publish = portsOf(given, tell)
  const service: StageService = { name, replicas: given.deploy?.replicas ?? given.scale ?? 1 }
  if (given.deploy?.mode !== undefined && given.deploy.mode !== 'replicated')
    tell(`mode ${given.deploy.mode} counts as one replica`)
  put(service, 'image', imageOf(given, tell))
  put(service, 'cpus', coresOf(limits?.cpus ?? given.cpus, tell))
  put(service, 'memoryGb', gigabytesOf(limits?.memory ?? given.mem_limit, tell))
  put(service, 'cpuRequest', coresOf(kept?.cpus, tell))
  put(service, 'memoryRequestGb', gigabytesOf(kept?.memory, tell))
  put(service, 'port', portOf(given, publish))
  put(service, 'publish', publish.length > 0 ? publish : undefined)
  put(service, 'health', healthOf(given, tell))
  put(service, 'command', commandOf(given, tell))
  put(service, 'env', envOf(given, tell))
  put(service, 'volumes', volumesOf(given, tell))
  const unread = Object.keys(given).filter(
    (key) => !(key in ComposeServiceSchema.shape) && !SILENT.has(key) && !key.startsWith('x-'),
  )
  if (unread.length > 0) tell(`${unread.join(', ')} ${unread.length === 1 ? 'has' : 'have'} no place in a plan`)
  if (given.env_file !== undefined) tell('env_file is not read')
  return service
}

function put<K extends keyof StageService>(service: StageService, key: K, value: StageService[K] | undefined): void {
  if (value !== undefined) service[key] = value
}

/** Compose's own sign, `$$`, is one `$`. */
const plain = (text: string): string => text.replaceAll('$$', '$')
const hasVariable = (text: string): boolean => /(^|[^$])(\$\$)*\$[{A-Za-z_]/.test(text)

function imageOf({ image, build }: ComposeService, tell: (reason: string) => void): string | undefined {
  if (image === undefined) {
    if (build !== undefined) tell('it is built where it runs; state its image once it is in a registry')
    return undefined
  }
  const fallback = /^\$\{[A-Za-z_][A-Za-z0-9_]*:?-([^${}]+)\}$/.exec(image)?.[1]
  const found = fallback ?? image
  if (isReference(found)) return found
  tell(`its image is a variable (${image.slice(0, 100)})`)
  return undefined
}

function coresOf(value: string | number | undefined, tell: (reason: string) => void): number | undefined {
  if (value === undefined) return undefined
  const cores = Number(value)
  if (Number.isFinite(cores) && cores > 0) return cores
  tell(`${String(value)} is not a number of cores`)
  return undefined
}

function gigabytesOf(value: string | number | undefined, tell: (reason: string) => void): number | undefined {
  if (value === undefined) return undefined
  const bytes = bytesOf(String(value))
  if (bytes !== null && bytes > 0) return bytes / GIB
  tell(`${String(value)} is not a size of memory`)
  return undefined
}

function portsOf(given: ComposeService, tell: (reason: string) => void): string[] {
  return (given.ports ?? []).flatMap((port) => {
    const text =
      typeof port === 'object'
        ? `${port.host_ip ? `${port.host_ip}:` : ''}${port.published === undefined ? '' : `${port.published}:`}${port.target}${port.protocol && port.protocol !== 'tcp' ? `/${port.protocol}` : ''}`
        : String(port)
    if (StageServiceSchema.shape.publish.safeParse([text]).success) return [text]
    tell(`the port ${text.slice(0, 60)} is not taken`)
    return []
  })
}

function portOf({ expose }: ComposeService, publish: readonly string[]): number | undefined {
  const inside = publish.length === 1 ? /(\d+)(?:\/\w+)?$/.exec(publish[0] ?? '')?.[1] : undefined
  const port = Number(expose?.[0] ?? inside)
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined
}

/** A check by HTTP on the service itself is its path, any other its command. */
function healthOf({ healthcheck }: ComposeService, tell: (reason: string) => void): string | undefined {
  const test = healthcheck?.test
  if (!healthcheck || healthcheck.disable || test === undefined || test === null) return undefined
  const list = typeof test === 'string' ? ['CMD-SHELL', test] : test.map(String)
  if (list[0] === 'NONE') return undefined
  const text = plain(list[0] === 'CMD-SHELL' ? (list[1] ?? '') : list.slice(list[0] === 'CMD' ? 1 : 0).join(' '))
  const path =
    /\b(?:wget|curl)\b[^|;&]*?https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(\/[A-Za-z0-9._~/%-]*)/.exec(
      text,
    )?.[1]
  if (path !== undefined) return path
  if (text.trim() === '') return undefined
  if (/^\S*$/.test(text) && text.startsWith('/')) tell(`the check ${text} is a command`)
  return text
}

function commandOf({ command }: ComposeService, tell: (reason: string) => void): string[] | undefined {
  if (command === undefined || command === null) return undefined
  const list = typeof command === 'string' ? shellWords(command) : command.map(String)
  if (list === null) {
    tell('its command has a quote that is not closed')
    return undefined
  }
  if (list.some(hasVariable)) {
    tell('its command holds variables, whose values are not here')
    return undefined
  }
  return list.length === 0 ? undefined : list.map(plain)
}

function envOf({ environment }: ComposeService, tell: (reason: string) => void): string[] | undefined {
  if (!environment) return undefined
  const all = Array.isArray(environment)
    ? environment.map((one) => one.split('=', 1)[0] ?? '')
    : Object.keys(environment)
  const names = all.filter((one) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(one))
  if (names.length < all.length) tell(`${all.length - names.length} variables have names that no shell takes`)
  const stated = Array.isArray(environment)
    ? environment.filter((one) => one.includes('=') && !/=\$\{[^}]*\}$/.test(one)).length
    : Object.values(environment).filter((one) => one !== null && !/^\$\{[^}]*\}$/.test(String(one))).length
  if (stated > 0)
    tell(`values of ${stated} variable${stated === 1 ? '' : 's'} stay out of the plan, since they may be secrets`)
  return names.length === 0 ? undefined : [...new Set(names)]
}

function volumesOf({ volumes }: ComposeService, tell: (reason: string) => void): string[] | undefined {
  const list = (volumes ?? []).flatMap((one) => {
    if (typeof one === 'string') {
      if (!hasVariable(one)) return [plain(one)]
      tell(`the volume ${one.slice(0, 60)} holds a variable`)
      return []
    }
    if (one.type !== 'tmpfs' && one.source !== undefined) return [`${one.source}:${one.target}`]
    tell(`the mount at ${one.target} is not kept`)
    return []
  })
  return list.length === 0 ? undefined : list
}
