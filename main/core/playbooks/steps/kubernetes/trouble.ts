import type { Problem } from '../../../../../shared/model/problem.ts'

/** What a service of k3s writes to its log where it cannot start, and what that comes from. */
const CAUSES: { said: RegExp; problem(about: About): Omit<Problem, 'fact'> & { fact: string } }[] = [
  {
    said: /token CA hash does not match|failed to validate token|(?:not authorized|401 Unauthorized|Node-token.*invalid|invalid (?:server )?token|token is not valid)/i,
    problem: ({ host, server }) => ({
      code: 'K3S_TOKEN_REFUSED',
      fact: `${server} did not accept the token that ${host} joined with.`,
      fix: 'See that the address leads to the server the token was read from, and that its token was not changed; then resume the run.',
    }),
  },
  {
    said: /Node password rejected|duplicate hostname/i,
    problem: ({ host, server }) => ({
      code: 'NODE_NAME_TAKEN',
      fact: `${server} knows another machine by the node name of ${host}.`,
      fix: 'State another node_name, or delete the old node and its secret NAME.node-password.k3s in kube-system.',
      field: 'node_name',
    }),
  },
  {
    said: /certificate has expired or is not yet valid/i,
    problem: ({ host, server }) => ({
      code: 'CLOCK_SKEW',
      fact: `The clocks of ${host} and ${server} differ so much that the certificate of one is not valid for the other.`,
      fix: 'Set both clocks by NTP (timedatectl set-ntp true), then resume the run.',
    }),
  },
  {
    said: /address already in use/i,
    problem: ({ host }) => ({
      code: 'PORT_IN_USE',
      fact: `Another program of ${host} listens on a port that k3s needs.`,
      fix: 'End that program (ss -ltnp shows it), then resume the run.',
    }),
  },
  {
    said: /failed to find memory cgroup|cgroup.*memory.*not (?:found|enabled)/i,
    problem: ({ host }) => ({
      code: 'MEMORY_CGROUP_MISSING',
      fact: `The kernel of ${host} has no control group for memory.`,
      fix: 'Add cgroup_memory=1 cgroup_enable=memory to the kernel command line and restart the host.',
    }),
  },
  {
    said: /no space left on device/i,
    problem: ({ host }) => ({
      code: 'DISK_FULL',
      fact: `The disk of ${host} is full.`,
      fix: 'Make room under /var/lib/rancher, then resume the run.',
    }),
  },
  {
    said: /(?:connection refused|i\/o timeout|no route to host|context deadline exceeded).*(?::6443|supervisor|cacerts)|(?::6443|cacerts).*(?:connection refused|i\/o timeout|no route to host|context deadline exceeded)/i,
    problem: ({ host, server }) => ({
      code: 'K3S_SERVER_UNREACHABLE',
      fact: `${host} does not reach the API of ${server}.`,
      fix: 'Open 6443/tcp (and 2379-2380/tcp between servers, 8472/udp and 10250/tcp between all nodes), then resume the run.',
    }),
  },
]

interface About {
  host: string
  server: string
}

/** What the log of a service that does not start tells; null where nothing in it is known. */
export function causeIn(log: readonly string[], about: About): Problem | null {
  for (const line of [...log].reverse())
    for (const { said, problem } of CAUSES)
      if (said.test(line)) {
        const found = problem(about)
        return { ...found, details: { log: log.slice(-15).join('\n') } }
      }
  return null
}

/** The last line of a log that says that something is wrong, without its time and level. */
export function lastError(log: readonly string[]): string {
  const line = [...log].reverse().find((one) => /level=(?:fatal|error)|\b(?:fatal|error|failed)\b/i.test(one)) ?? ''
  return (/msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line).replaceAll('\\"', '"').slice(0, 300).replace(/\.$/, '')
}
