import type { Problem } from '../../../../../shared/model/problem.ts'
import type { Address, Side, SideName } from './side.ts'

/** What psql's error output means, in the order of the first that fits. Texts are PostgreSQL's own, in English. */
export function refusalOf(side: Side, hostName: string, stderr: string): Problem {
  const said = lastError(stderr)
  const where = `PostgreSQL on ${hostName}${side.container ? ` (container ${side.container})` : side.server ? ` (${side.server})` : ''}`
  const field = (name: string) => `${side.name}_${name}`
  const missing = /database "(.*)" does not exist/.exec(stderr)
  if (missing)
    return {
      code: 'DATABASE_MISSING',
      fact: `${where} has no database "${missing[1]}".`,
      fix: 'Correct the name.',
      field: field('database'),
      value: missing[1],
    }
  if (/password authentication failed|no password supplied|fe_sendauth|authentication failed/i.test(stderr))
    return {
      code: 'POSTGRES_AUTH_REFUSED',
      fact: `${where} refused the user "${side.user}": ${said}.`,
      fix: `Give the right password for "${side.user}", or another user.`,
      field: field('password'),
    }
  if (/role "(.*)" does not exist/.test(stderr))
    return {
      code: 'POSTGRES_AUTH_REFUSED',
      fact: `${where} refused the user "${side.user}": ${said}.`,
      fix: 'Name a user that is there.',
      field: field('user'),
      value: side.user,
    }
  if (/no pg_hba\.conf entry/.test(stderr))
    return {
      code: 'POSTGRES_AUTH_REFUSED',
      fact: `${where} lets no one in from there: ${said}.`,
      fix: 'Add a line for this user, database and address to pg_hba.conf on that server and reload PostgreSQL.',
      field: field('server'),
    }
  if (/No such container|is not running/.test(stderr))
    return {
      code: 'CONTAINER_MISSING',
      fact: `${hostName} has no running container "${side.container}".`,
      fix: 'See docker ps on that server for its name.',
      field: field('container'),
      value: side.container,
    }
  if (/docker: (command )?not found|Cannot connect to the Docker daemon|permission denied.*docker/i.test(stderr))
    return {
      code: 'DOCKER_MISSING',
      fact: `Docker cannot be used on ${hostName}: ${said}.`,
      fix: 'Install Docker there, start it, and let this user use it (group docker).',
      field: field('container'),
    }
  if (
    /psql: (command )?not found|psql: No such file|pg_dump: (command )?not found/i.test(stderr) ||
    /exec: "psql"/.test(stderr)
  )
    return {
      code: 'POSTGRES_TOOLS_MISSING',
      fact: `${hostName} has no psql.`,
      fix: 'Install the PostgreSQL client programs there (Debian: postgresql-client), or name the container that has them.',
      field: field('host'),
    }
  if (/could not connect|connection to server|Connection refused|could not translate|timeout expired/i.test(stderr))
    return {
      code: 'POSTGRES_UNREACHABLE',
      fact: `${where} cannot be reached: ${said}.`,
      fix: 'See that PostgreSQL runs there and that the server address and the port are right.',
      field: field('server'),
    }
  return {
    code: 'POSTGRES_REFUSED',
    fact: `${where} refused: ${said}.`,
    fix: 'See the message; it is in the words of PostgreSQL.',
  }
}

/**
 * A password that held when the move began and is refused in its middle; null where that is not what was said. `places`:
 * where the programs connect to. The problem's field is the run's parameter, so that resuming can ask for another one.
 */
export function refusedMidway(
  stderr: string,
  sides: Readonly<Record<SideName, Side>>,
  places: readonly Readonly<Record<SideName, Address>>[],
  hostName: (hostId: string) => string,
): Problem | null {
  const line = stderr.split('\n').findLast((one) => /password authentication failed|no password supplied/.test(one))
  if (line === undefined) return null
  const named = (['source', 'target'] as const).filter((name) =>
    [...places.map((place) => place[name]), sides[name]].some(({ server, port }) =>
      server.startsWith('/')
        ? line.includes(`"${server}/.s.PGSQL.${port || '5432'}"`)
        : line.includes(`"${server}"`) && line.includes(`port ${port || '5432'} `),
    ),
  )
  const side = named.length === 1 ? sides[named[0] as SideName] : null
  const field = side?.password?.name.split(',')[0]
  return {
    code: 'POSTGRES_AUTH_REFUSED',
    fact: `${side ? `PostgreSQL on ${hostName(side.hostId)}` : 'One of the two databases'} took the password before and refuses it now: ${lastError(line)}.`,
    fix: 'Put the password right in PostgreSQL, then resume the run; or resume it with the one that is right now.',
    ...(field === undefined ? {} : { field }),
  }
}

/** The last line that says an error, without the program's name. */
export function lastError(stderr: string): string {
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '')
  const telling =
    lines.findLast((line) => /(ERROR|FATAL|error|failed|refused|denied|not found)/.test(line)) ?? lines.at(-1)
  // pg_dump says what it was at first, and what the server said in the line after it.
  const detail = lines[lines.lastIndexOf(telling ?? '') + 1]?.match(/detail: Error message from server: (.*)$/)?.[1]
  return `${(telling ?? 'no message').replace(/^.*?(FATAL|ERROR|error):\s*/, '')}${detail ? ` ${detail}` : ''}`
    .replace(/\.$/, '')
    .slice(0, 400)
}
