/** What is known of a piece of software by its name or image, whatever the plan says. */
export interface Software {
  role: 'app' | 'database' | 'cache' | 'proxy' | 'pooler' | 'queue' | 'monitoring'
  name: string
  /** Where it listens unless told otherwise; null: nothing is known. */
  port: number | null
  /** Where it keeps its data. */
  data: string | null
  /** The command of a health check within its container, as words. */
  health: readonly string[] | null
  /** Values it does not start without. */
  needs: readonly string[]
}

interface Known extends Software {
  called: RegExp
}

const none = { port: null, data: null, health: null, needs: [] } as const

const KNOWN: readonly Known[] = [
  {
    called: /pgbouncer/,
    role: 'pooler',
    name: 'PgBouncer',
    port: 6432,
    data: null,
    health: null,
    needs: ['DATABASE_URL'],
  },
  {
    called: /postgres|timescale|postgis|pgvector/,
    role: 'database',
    name: 'PostgreSQL',
    port: 5432,
    data: '/var/lib/postgresql/data',
    health: ['sh', '-c', 'pg_isready -q -U "${POSTGRES_USER:-postgres}"'],
    needs: ['POSTGRES_PASSWORD'],
  },
  {
    called: /mysql|mariadb/,
    role: 'database',
    name: 'MySQL',
    port: 3306,
    data: '/var/lib/mysql',
    health: null,
    needs: ['MYSQL_ROOT_PASSWORD'],
  },
  { called: /mongo/, role: 'database', name: 'MongoDB', port: 27017, data: '/data/db', health: null, needs: [] },
  {
    called: /redis|valkey|keydb/,
    role: 'cache',
    name: 'Redis',
    port: 6379,
    data: '/data',
    health: ['redis-cli', 'ping'],
    needs: [],
  },
  { called: /memcached/, role: 'cache', name: 'Memcached', ...none, port: 11211 },
  {
    called: /rabbitmq/,
    role: 'queue',
    name: 'RabbitMQ',
    port: 5672,
    data: '/var/lib/rabbitmq',
    health: ['rabbitmq-diagnostics', '-q', 'ping'],
    needs: [],
  },
  { called: /traefik/, role: 'proxy', name: 'Traefik', ...none, port: 80 },
  { called: /nginx/, role: 'proxy', name: 'nginx', ...none, port: 80 },
  { called: /caddy/, role: 'proxy', name: 'Caddy', ...none, port: 80, data: '/data' },
  { called: /haproxy|load-balancer|loadbalancer/, role: 'proxy', name: 'HAProxy', ...none, port: 80 },
  { called: /prometheus/, role: 'monitoring', name: 'Prometheus', ...none, port: 9090, data: '/prometheus' },
  { called: /grafana/, role: 'monitoring', name: 'Grafana', ...none, port: 3000, data: '/var/lib/grafana' },
  { called: /loki/, role: 'monitoring', name: 'Loki', ...none, port: 3100, data: '/loki' },
  { called: /tempo|promtail|alertmanager|exporter/, role: 'monitoring', name: 'monitoring', ...none },
]

/** What runs a cluster itself, and so is no workload of it. */
const ORCHESTRATORS = /^(k3s|k8s|kubernetes|docker|dokploy|coolify|containerd|etcd)$/

export const runsTheRest = (name: string): boolean => ORCHESTRATORS.test(name.toLowerCase())

/** By the name of the service, else by its image; what is not known is taken for the application. */
export function softwareOf(name: string, image: string | undefined): Software {
  const word = name.toLowerCase()
  const byName = KNOWN.find(({ called }) => called.test(word))
  if (byName) return byName
  const last =
    image
      ?.toLowerCase()
      .replace(/[@:][^/]*$/, '')
      .split('/')
      .at(-1) ?? ''
  const byImage = KNOWN.find(({ called }) => called.test(last))
  if (byImage) return byImage
  if (/^(db|database|pg)$/.test(word)) return KNOWN[1] as Software
  return { role: 'app', name, ...none }
}
