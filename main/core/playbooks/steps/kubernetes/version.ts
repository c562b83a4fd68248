/** A release of k3s, "v1.32.3+k3s1": the Kubernetes version, and which build of k3s on it. */
export interface K3sVersion {
  text: string
  major: number
  minor: number
  patch: number
  /** A candidate comes before the release: "rc1". Empty: the release. */
  candidate: string
  build: number
}

/** Null where it is none. */
export function parseK3sVersion(text: string): K3sVersion | null {
  const parts = /^v(\d+)\.(\d+)\.(\d+)(?:-(rc\d+))?\+k3s(\d+)$/.exec(text)
  if (!parts) return null
  const [, major, minor, patch, candidate = '', build] = parts
  return {
    text,
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    candidate,
    build: Number(build),
  }
}

/** Negative: `a` is older. */
export function compareK3s(a: K3sVersion, b: K3sVersion): number {
  const candidate = ({ candidate: text }: K3sVersion) =>
    text === '' ? Number.POSITIVE_INFINITY : Number(text.slice(2))
  const differences = [a.major - b.major, a.minor - b.minor, a.patch - b.patch]
  const found = differences.find((one) => one !== 0)
  if (found !== undefined) return found
  if (a.candidate !== b.candidate) return candidate(a) < candidate(b) ? -1 : 1
  return a.build - b.build
}

/** What forbids going from one version to another: k3s goes up only, by one minor version at a time. Null: nothing. */
export function forbiddenMove(from: K3sVersion, to: K3sVersion): 'down' | 'skips' | null {
  if (compareK3s(from, to) > 0) return 'down'
  return from.major !== to.major || to.minor - from.minor > 1 ? 'skips' : null
}

/** How many servers with etcd may be lost so that the cluster still takes changes. */
export const mayLose = (servers: number): number => Math.floor((servers - 1) / 2)

/** What an even number of servers with etcd means; null for an odd one. */
export function evenServers(servers: number): string | null {
  if (servers % 2 === 1 || servers === 0) return null
  return `The cluster gets ${servers} servers with etcd: that survives the loss of ${mayLose(servers)}, as ${servers - 1} would. Make it ${servers + 1}, which survives ${mayLose(servers + 1)}.`
}
