import { parse } from 'yaml'
import * as z from 'zod'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import type { Secret } from '../../../../../shared/model/secret.ts'
import { docker, type Engine } from './engine.ts'

/** v2: the plug-in `docker compose`; v1: the program `docker-compose`. */
export type Variant = 'v2' | 'v1'

/** A project on an engine, and the program that manages it. */
export interface Project {
  engine: Engine
  name: string
  folder: string
  /** The absolute path of its file. */
  path: string
}

/** Shell text that prints "compose v2 VERSION", "compose v1 VERSION" or "compose none". */
export const FIND_COMPOSE = `if version=$(docker compose version --short 2>/dev/null); then echo "compose v2 $version"
elif version=$(docker-compose version --short 2>/dev/null); then echo "compose v1 $version"
else echo 'compose none -'; fi`

export const noCompose = (host: string): Problem => ({
  code: 'COMPOSE_MISSING',
  fact: `${host} has neither the plug-in docker compose nor the program docker-compose.`,
  fix: 'Install docker-compose-plugin (of Docker), docker-compose-v2 (Ubuntu) or docker-compose (Debian) there.',
  field: 'host',
})

export function compose(
  project: Project,
  variant: Variant,
  argv: readonly string[],
  more: { file?: string; stdin?: string; env?: Record<string, string | Secret>; timeoutMs?: number } = {},
): Command {
  const program = variant === 'v2' ? ['docker', 'compose'] : ['docker-compose']
  return docker(
    project.engine,
    [
      ...program,
      '--project-name',
      project.name,
      '--project-directory',
      project.folder,
      '--file',
      more.file ?? project.path,
      ...argv,
    ],
    more,
  )
}

const ServiceSchema = z.looseObject({
  image: z.string().optional(),
  build: z.unknown().optional(),
  scale: z.number().optional(),
  deploy: z.looseObject({ replicas: z.number().optional() }).nullish(),
  profiles: z.array(z.string()).optional(),
})

export interface ConfigService {
  name: string
  image: string | null
  builds: boolean
  /** Null: as many as there are. */
  replicas: number | null
}

/** The services that `compose config` prints, without those of profiles that are not asked for. */
export function servicesOf(printed: string): ConfigService[] {
  const config = z.looseObject({ services: z.record(z.string(), ServiceSchema) }).parse(parse(printed))
  return Object.entries(config.services)
    .filter(([, { profiles }]) => (profiles ?? []).length === 0)
    .map(([name, { image, build, scale, deploy }]) => ({
      name,
      image: image ?? null,
      builds: build !== undefined && build !== null,
      replicas: scale ?? deploy?.replicas ?? null,
    }))
}

/** Fetches images, one after the other; an image that is there already is left unless all are asked for. */
export function pullCommand(engine: Engine, images: readonly string[], how: 'missing' | 'always'): Command {
  const one =
    how === 'missing' ? 'docker image inspect "$image" >/dev/null 2>&1 || docker pull "$image"' : 'docker pull "$image"'
  return docker(
    engine,
    [
      'sh',
      '-c',
      `for image in ${images.map(quoteWord).join(' ')}; do { ${one}; } || { echo "$image could not be fetched" >&2; exit 1; }; done`,
    ],
    { timeoutMs: 60 * 60_000 },
  )
}

/** The line of Compose's messages that says what went wrong: its last one often does not. */
export function whyCompose(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^Encountered errors/.test(line))
  const told =
    lines.findLast((line) => /error|cannot|failed|denied|not found|no such|unable/i.test(line)) ?? lines.at(-1)
  return told?.replace(/\.$/, '').slice(0, 300) ?? ''
}
