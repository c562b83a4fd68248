import { parse } from 'yaml'
import * as z from 'zod'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import type { Project } from './compose-program.ts'
import { docker } from './engine.ts'

/** A TCP port of the server that a service is to publish. `address` '': all of them. */
export interface PublishedPort {
  service: string
  address: string
  port: number
}

const PortSchema = z.looseObject({
  published: z.union([z.string(), z.number()]).optional(),
  host_ip: z.string().optional(),
  protocol: z.string().optional(),
})
const ConfigSchema = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({ ports: z.array(z.unknown()).optional(), profiles: z.array(z.string()).optional() }),
  ),
})

/** The ports in what `compose config` prints, in its long form and the short one of older versions; ranges are left out. */
export function publishedPorts(printed: string): PublishedPort[] {
  const { services } = ConfigSchema.parse(parse(printed))
  return Object.entries(services).flatMap(([service, { ports = [], profiles = [] }]) =>
    profiles.length > 0 ? [] : ports.flatMap((one) => portOf(service, one)),
  )
}

function portOf(service: string, stated: unknown): PublishedPort[] {
  if (typeof stated === 'string') {
    const [, address = '', port] = /^(?:\[?([^\]]+?)\]?:)?(\d+):\d+(?:\/tcp)?$/.exec(stated) ?? []
    return port === undefined ? [] : [{ service, address, port: Number(port) }]
  }
  const { success, data } = PortSchema.safeParse(stated)
  if (!success || !/^\d+$/.test(String(data.published ?? '')) || (data.protocol ?? 'tcp') !== 'tcp') return []
  return [{ service, address: data.host_ip ?? '', port: Number(data.published) }]
}

/** Prints "listens PORT ADDRESS" for each of the ports at which a program listens, and "own PORTS" of the project's containers. */
export const portsCommand = (project: Project, ports: readonly PublishedPort[]): Command =>
  docker(project.engine, [
    'sh',
    '-c',
    `docker ps --filter ${quoteWord(`label=com.docker.compose.project=${project.name}`)} --format 'own {{.Ports}}'
command -v ss >/dev/null 2>&1 || exit 0
for port in ${[...new Set(ports.map(({ port }) => port))].join(' ')}; do
ss -Hltn "sport = :$port" | while read -r state received sent local rest; do printf 'listens %s %s\\n' "$port" "$local"; done
done`,
  ])

/** Ports that somebody else listens at already, each as a problem. */
export function takenPorts(
  ports: readonly PublishedPort[],
  printed: string,
  { name, host }: { name: string; host: string },
): Problem[] {
  const lines = printed.split('\n')
  const own = new Set(
    lines
      .filter((line) => line.startsWith('own '))
      .flatMap((line) => [...line.matchAll(/:(\d+)->/g)].map(([, at]) => at)),
  )
  return ports.flatMap(({ service, address, port }) => {
    if (own.has(String(port))) return []
    const at = lines
      .map((line) => /^listens (\d+) (\S+)$/.exec(line))
      .find((found) => found?.[1] === String(port) && meets(address, found[2] ?? ''))?.[2]
    if (at === undefined) return []
    return [
      {
        code: 'PORT_IN_USE',
        fact: `A program of ${host} listens at ${at} already, where ${service} of ${name} is to be reached.`,
        fix: `See which it is (ss -ltnp 'sport = :${port}'), end it, or publish another port.`,
        field: 'text',
        value: String(port),
      },
    ]
  })
}

/** Whether two addresses cannot both be listened at with one port. */
function meets(wanted: string, local: string): boolean {
  const listened = local
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*/, '')
  const all = (address: string) => ['', '*', '0.0.0.0', '::'].includes(address)
  return all(wanted) || all(listened) || wanted === listened
}
