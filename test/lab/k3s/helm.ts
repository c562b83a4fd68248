// Stands for Helm 3: the arguments and outputs of the commands that are used. See README.md.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { parse, stringify } from 'yaml'

interface Revision {
  revision: number
  status: string
  chart: string
  values: Record<string, unknown>
  description: string
}
const FILE = '/var/lib/rancher/helm.json'
const CHARTS: Record<string, { app: string; kinds: string[] }> = {
  'https://charts.lab/stable keda 2.17.0': {
    app: '2.17.0',
    kinds: ['Deployment', 'Deployment', 'Service', 'CustomResourceDefinition'],
  },
  'https://charts.lab/stable web 1.0.0': { app: '1.27', kinds: ['Deployment', 'Service'] },
  'https://charts.lab/stable web 1.1.0': { app: '1.28', kinds: ['Deployment', 'Service'] },
}
const [, , verb = '', ...rest] = process.argv
const fail = (text: string): never => {
  console.error(`Error: ${text}`)
  process.exit(1)
}
const VALUED = ['namespace', 'filter', 'output', 'repo', 'version', 'values', 'timeout', 'max']
const PLAIN = ['short', 'all', 'install', 'create-namespace', 'wait', 'atomic', 'dry-run', 'ignore-not-found']
const options = new Map<string, string>()
const words: string[] = []
for (let at = 0; at < rest.length; at += 1) {
  const word = rest[at] ?? ''
  const name = word.replace(/^--/, '')
  if (!word.startsWith('--')) words.push(word)
  else if (VALUED.includes(name)) options.set(name, rest[++at] ?? '')
  else if (PLAIN.includes(name)) options.set(name, 'true')
  else fail(`unknown flag: ${word}`)
}
if (verb === 'version') {
  console.log('v3.17.3+ge4da497')
  process.exit(0)
}
const all = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Revision[]>) : {}
const save = () => writeFileSync(FILE, JSON.stringify(all))
const namespace = options.get('namespace') ?? 'default'
const kubectl = (args: string[], input = '') =>
  execFileSync('kubectl', args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })
/** Asks the cluster of the kubeconfig, as every command that looks at releases does. */
const reach = async () => {
  const file = process.env.KUBECONFIG ?? ''
  if (!existsSync(file))
    return fail(
      'Kubernetes cluster unreachable: Get "http://localhost:8080/version": dial tcp 127.0.0.1:8080: connect: connection refused',
    )
  const { clusters, users } = parse(readFileSync(file, 'utf8')) as {
    clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]
    users: { user: { token: string } }[]
  }
  const { server = '', 'certificate-authority-data': ca = '' } = clusters[0]?.cluster ?? {}
  await new Promise<void>((resolve) => {
    const asked = request(
      `${server}/version`,
      { ca: Buffer.from(ca, 'base64'), headers: { authorization: `Bearer ${users[0]?.user.token}` } },
      (response) => {
        response.resume()
        if (response.statusCode === 200) resolve()
        else fail(`Kubernetes cluster unreachable: the server answered ${response.statusCode}`)
      },
    )
    asked.on('error', ({ message }) => fail(`Kubernetes cluster unreachable: Get "${server}/version": ${message}`))
    asked.end()
  })
}
const chartOf = (name: string) => {
  const found = CHARTS[`${options.get('repo')} ${name} ${options.get('version')}`]
  return (
    found ??
    fail(
      `chart "${name}" matching ${options.get('version')} not found in ${options.get('repo')} index. (try 'helm repo update'): no chart name found`,
    )
  )
}
const key = (release: string) => `${namespace}/${release}`
const current = (release: string) => all[key(release)]?.at(-1)

if (verb === 'list') {
  await reach()
  const pattern = new RegExp(options.get('filter') ?? '')
  const found = Object.entries(all).filter(
    ([name]) => name.startsWith(`${namespace}/`) && pattern.test(name.split('/')[1] ?? ''),
  )
  console.log(
    JSON.stringify(
      found.map(([name, revisions]) => ({
        name: name.split('/')[1],
        namespace,
        revision: String(revisions.at(-1)?.revision),
        updated: '',
        status: revisions.at(-1)?.status,
        chart: revisions.at(-1)?.chart,
        app_version: '1',
      })),
    ),
  )
} else if (verb === 'get' && words[0] === 'values') {
  const now = current(words[1] ?? '') ?? fail('release: not found')
  console.log(Object.keys(now.values).length === 0 ? 'null' : stringify(now.values).trimEnd())
} else if (verb === 'show' && words[0] === 'chart') {
  console.log(
    `apiVersion: v2\nappVersion: ${chartOf(words[1] ?? '').app}\nname: ${words[1]}\nversion: ${options.get('version')}`,
  )
} else if (verb === 'history') {
  console.log(
    JSON.stringify((all[key(words[0] ?? '')] ?? []).map((one) => ({ ...one, updated: '', app_version: '1' }))),
  )
} else if (verb === 'upgrade') await upgrade(words[0] ?? '', words[1] ?? '')
else if (verb === 'rollback') {
  const revisions = all[key(words[0] ?? '')] ?? fail('release: not found')
  const to = revisions.find(({ revision }) => revision === Number(words[1])) ?? fail('release has no such version')
  put(revisions, { ...to, description: `Rollback to ${to.revision}` })
  save()
  console.log('Rollback was a success! Happy Helming!')
} else if (verb === 'uninstall') {
  delete all[key(words[0] ?? '')]
  save()
  console.log(`release "${words[0]}" uninstalled`)
} else fail(`unknown command "${verb}" for "helm"`)

function put(revisions: Revision[], one: Omit<Revision, 'revision' | 'status'>, status = 'deployed'): Revision {
  for (const old of revisions) if (old.status === 'deployed') old.status = 'superseded'
  const made = { ...one, revision: (revisions.at(-1)?.revision ?? 0) + 1, status }
  revisions.push(made)
  return made
}

async function upgrade(release: string, name: string): Promise<void> {
  if (options.get('install') !== 'true' || options.get('values') !== '-')
    fail('this stand-in wants --install and --values -')
  await reach()
  const chart = chartOf(name)
  const values = (parse(readFileSync(0, 'utf8')) ?? {}) as Record<string, unknown>
  if (/pending/.test(current(release)?.status ?? ''))
    fail('UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress')
  if (values.replicas !== undefined && typeof values.replicas !== 'number')
    fail(
      `values don't meet the specifications of the schema(s) in the following chart(s):\n${name}:\n- replicas: Invalid type. Expected: integer, given: string`,
    )
  if (options.has('dry-run')) {
    console.log(`NAME: ${release}\nSTATUS: pending-install\nMANIFEST:`)
    for (const kind of chart.kinds) console.log(`---\napiVersion: v1\nkind: ${kind}`)
    return
  }
  if (options.get('wait') !== 'true' || options.get('atomic') !== 'true')
    fail('this stand-in wants --wait and --atomic')
  const revisions = all[key(release)] ?? []
  all[key(release)] = revisions
  const before = revisions.at(-1)
  const made = put(
    revisions,
    { chart: `${name}-${options.get('version')}`, values, description: 'Upgrade complete' },
    before ? 'pending-upgrade' : 'pending-install',
  )
  save()
  await new Promise((resolve) => setTimeout(resolve, Number(values.seconds ?? 0) * 1000))
  if (values.fails === true) {
    made.status = 'failed'
    if (before) {
      put(revisions, { ...before, description: `Rollback to ${before.revision}` })
      save()
      fail(
        `UPGRADE FAILED: release ${release} failed, and has been rolled back due to atomic being set: context deadline exceeded`,
      )
    }
    delete all[key(release)]
    save()
    fail(`release ${release} failed, and has been uninstalled due to atomic being set: context deadline exceeded`)
  }
  made.status = 'deployed'
  save()
  if (name === 'keda')
    kubectl(
      ['apply', '--server-side', '-f', '-'],
      JSON.stringify({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'scaledobjects.keda.sh' },
        spec: {
          group: 'keda.sh',
          names: { plural: 'scaledobjects', kind: 'ScaledObject' },
          scope: 'Namespaced',
          versions: [{ name: 'v1alpha1', served: true, storage: true }],
        },
      }),
    )
  console.log(`Release "${release}" has been upgraded. Happy Helming!`)
}
