import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { quoteWord } from '../../../shared/format/shell.ts'
import { type LineHeads, type ProbeOutput, parseProbe } from '../../../shared/metrics/probe-output.ts'
import type { CommandResult } from '../../../shared/model/command.ts'
import type { Host, PostgresProbe } from '../../../shared/model/host.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Service } from '../../../shared/model/service.ts'
import { type Hosts, redactText } from '../hosts/index.ts'
import { type ServiceSecrets, serviceCalls } from './service-calls.ts'

/** A round that takes longer is given up; the probe limits each of its own children to 3 seconds, and begins none after 12. */
const PROBE_TIMEOUT_MS = 20_000
const OUTPUT_LIMIT_BYTES = 1024 * 1024

/** What one round asks of a host. `slow`: the dear parts too; `only`: nothing but the services. */
export interface Ask {
  services: readonly Service[]
  secrets: ServiceSecrets
  slow: boolean
  only: boolean
}

/** Runs the probe once on a host. Throws what `Hosts.ask` throws, NO_PROC and PROBE_FAILED. */
export class Probe {
  /** The probe as a function of the shell that stays on a host. */
  readonly #once: string
  readonly #heads: LineHeads = new Map()
  constructor(resources: string) {
    this.#once = `headroom_round() {\n${lean(readFileSync(join(resources, 'probes', 'probe.sh'), 'utf8'))}}\n`
  }

  async run(hosts: Pick<Hosts, 'ask'>, host: Host, ask: Ask, signal?: AbortSignal): Promise<ProbeOutput> {
    const flags = `${ask.slow ? 'HEADROOM_SLOW=1\n' : ''}${ask.only ? 'HEADROOM_ONLY=1\n' : ''}`
    const text = `${parameters(host.postgres)}${flags}${serviceCalls(ask.services, ask.secrets)}headroom_round`
    const options = { maxOutputBytes: OUTPUT_LIMIT_BYTES, ...(signal ? { signal } : {}) }
    const result = await hosts.ask(host.id, { once: this.#once, text, timeoutMs: PROBE_TIMEOUT_MS }, options)
    return judged(parseProbe(redacted(result.stdout, ask), this.#heads), redactedResult(result, ask), host)
  }
}

/**
 * The script without comment lines and indentation, a quarter of it: it travels once a round and host. Its strings over several
 * lines are awk and SQL, to which both are nothing.
 */
export function lean(script: string): string {
  return script
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n')
    .concat('\n')
}

/** A program that repeats its password in an error message must not carry it into the workspace. */
function redacted(text: string, ask: Ask): string {
  return ask.secrets.size === 0 ? text : redactText(text, [...ask.secrets.values()])
}
function redactedResult(result: CommandResult, ask: Ask): CommandResult {
  return { ...result, stdout: redacted(result.stdout, ask), stderr: redacted(result.stderr, ask) }
}

/** The output where it is whole; a login script's greeting before it is passed over. */
function judged(output: ProbeOutput, result: CommandResult, host: Host): ProbeOutput {
  const details = { printed: (result.stderr || result.stdout).slice(0, 500) }
  if (output.noProc)
    throw new HeadroomError({
      code: 'NO_PROC',
      fact: `${host.name} has no readable /proc, so nothing can be measured on it.`,
      fix: 'Measure a Linux server, or mount /proc where this login can read it.',
    })
  if (output.complete) return output
  const end = result.exitCode === null ? `signal ${result.signal}` : `exit code ${result.exitCode}`
  throw new HeadroomError({
    code: 'PROBE_FAILED',
    fact: `The probe did not run to its end on ${host.name}; its shell ended with ${end}.`,
    fix: 'Check that this login gets a POSIX shell; what it printed is in the details.',
    details,
  })
}

/**
 * The PostgreSQL to ask, as assignments in front of the script. Without settings none is asked: a refused login each round
 * would fill the server's log.
 */
export function parameters(postgres: PostgresProbe | null): string {
  if (!postgres) return 'HEADROOM_PG_VIA=off\n'
  const values = {
    HEADROOM_PG_VIA: postgres.via,
    HEADROOM_PG_CONTAINER: postgres.container,
    HEADROOM_PG_HOST: postgres.socketOrHost,
    HEADROOM_PG_PORT: postgres.port?.toString(),
    HEADROOM_PG_USER: postgres.user,
    HEADROOM_PG_DATABASE: postgres.database,
  }
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quoteWord(value)}\n`]))
    .join('')
}
