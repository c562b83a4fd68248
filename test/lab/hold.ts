import { randomBytes } from 'node:crypto'
import { type DockerEngine, startDocker } from './docker.ts'
import { type Lab, startLab } from './lab.ts'
import { type Cluster, startCluster } from './postgres.ts'
import type { Sshd } from './sshd.ts'

const PASSWORD_VARIABLE = 'LAB_PASSWORD'
const SERVICE = 'web'

/** Starts everything a person can try the app on, prints it with values to paste, and takes it down after `over`. */
export async function hold(over: Promise<void>): Promise<void> {
  const keepAlive = setInterval(() => {}, 1 << 30)
  const isRoot = process.getuid?.() === 0
  const lab = await startLab({ servers: 3, passwordUser: isRoot })
  try {
    const [first, second] = lab.servers as [Sshd, Sshd]
    const source = await tried(() => sampleCluster(lab, first.address))
    const target = await tried(() => startCluster(lab, { address: second.address }))
    const engine = isRoot ? await tried(() => sampleEngine(lab)) : 'it needs root'
    const lines = [...serverLines(lab), ...databaseLines(source, target), ...swarmLines(engine)]
    process.stdout.write(`${lines.join('\n')}\n\nCtrl-C stops it and removes everything.\n`)
    await over
  } finally {
    clearInterval(keepAlive)
    await lab.stop()
  }
}

/** What came of it, or why it cannot be had here. */
async function tried<T>(start: () => Promise<T>): Promise<T | string> {
  try {
    return await start()
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  }
}

async function sampleCluster(lab: Lab, address: string): Promise<Cluster> {
  const cluster = await startCluster(lab, { address, password: randomBytes(9).toString('hex') })
  cluster.sql('postgres', 'CREATE DATABASE shop')
  cluster.sql(
    'shop',
    `CREATE TABLE customer (id bigserial PRIMARY KEY, name text NOT NULL, joined timestamptz NOT NULL);
     INSERT INTO customer (name, joined) SELECT 'Customer ' || n, now() - n * interval '3 hours' FROM generate_series(1, 5000) n;
     CREATE TABLE purchase (id bigserial PRIMARY KEY, customer bigint NOT NULL REFERENCES customer, cents int NOT NULL, note text);
     INSERT INTO purchase (customer, cents, note) SELECT 1 + n % 5000, n % 9900 + 100, repeat(md5(n::text), 8) FROM generate_series(1, 100000) n;
     CREATE INDEX purchase_by_customer ON purchase (customer);
     CREATE VIEW spent AS SELECT customer, sum(cents) AS cents FROM purchase GROUP BY customer;`,
  )
  return cluster
}

async function sampleEngine(lab: Lab): Promise<DockerEngine> {
  const engine = await startDocker(lab)
  engine.docker(
    ...['service', 'create', '--detach', '--network', 'host', '--no-resolve-image', '--stop-grace-period', '1s'],
    ...['--name', SERVICE, engine.image, 'sleep', '1000000'],
  )
  return engine
}

function serverLines(lab: Lab): string[] {
  return [
    `folder        ${lab.folder}`,
    ...lab.servers.map(
      (server) =>
        `ssh server    ssh -p ${server.port} -i ${lab.keys.plain.path} ${lab.user}@${server.address}   ${server.hostKey.fingerprint}`,
    ),
    `encrypted key ${lab.keys.encrypted.path}   passphrase: ${lab.keys.encrypted.passphrase}`,
    `agent         SSH_AUTH_SOCK=${lab.agent.socket}`,
    ...(lab.passwordUser === null
      ? []
      : [`password user ${lab.passwordUser.name}   password: ${lab.passwordUser.password}`]),
    '',
    '# Add the servers:',
    ...lab.servers.map(
      (server, index) =>
        `npm run headroom -- hosts add lab-${index + 1} ${lab.user}@${server.address}:${server.port} --key ${lab.keys.plain.path} --accept-key ${server.hostKey.fingerprint}`,
    ),
  ]
}

function databaseLines(source: Cluster | string, target: Cluster | string): string[] {
  if (typeof source === 'string' || typeof target === 'string')
    return ['', `# No databases: ${typeof source === 'string' ? source : target}`]
  return [
    '',
    `# Move the database "shop" from lab-1 to lab-2; the source's password is ${source.password}:`,
    run('postgres-move', {
      source_host: 'lab-1',
      source_database: 'shop',
      source_password: `env:${PASSWORD_VARIABLE}`,
      source_server: source.address,
      source_port: source.port,
      target_host: 'lab-2',
      target_database: 'shop',
      target_server: target.address,
      target_port: target.port,
    }).replace(/^/, `${PASSWORD_VARIABLE}=${source.password} `),
  ]
}

function swarmLines(engine: DockerEngine | string): string[] {
  if (typeof engine === 'string') return ['', `# No Docker: ${engine}`]
  return [
    '',
    `# Scale the service "${SERVICE}" of the swarm on lab-1:`,
    run('swarm-scale', { host: 'lab-1', service: SERVICE, replicas: 3, docker_host: engine.host }),
  ]
}

const run = (playbook: string, parameters: Record<string, string | number>): string =>
  `npm run headroom -- run ${playbook} ${Object.entries(parameters)
    .map(([name, value]) => `--param ${name}=${value}`)
    .join(' ')}`
