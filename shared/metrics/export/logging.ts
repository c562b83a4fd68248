import { stringify } from 'yaml'
import { parseDuration } from '../../format/duration.ts'
import type { Plan } from '../../model/plan.ts'
import { promDuration } from '../promql.ts'

export interface LoggingFile {
  fileName: string
  text: string
}

const RETENTION = '14d'
const FIELDS = ['timestamp', 'level', 'service', 'trace_id', 'message', 'error']
/** What few values have, and what is searched for: more labels make a stream of every line. */
const LABEL_FIELDS = ['level', 'service']

/** Settings of Loki 3 and Promtail for JSON logs, and the plan's alerts on logs as Loki's rule file. */
export function loggingFiles(plan: Plan): LoggingFile[] {
  const { retention, fields } = asked(plan)
  const alerts = plan.alerts.filter(({ language, expr }) => language === 'logql' && expr !== undefined)
  return [
    {
      fileName: 'loki.yaml',
      text: `# Loki for "${plan.name}": one process, logs kept ${retention}.\n${yaml(loki(retention))}`,
    },
    {
      fileName: 'promtail.yaml',
      text: `# Promtail for "${plan.name}": JSON lines with ${fields.join(', ')}.\n${yaml(promtail(fields))}`,
    },
    {
      fileName: 'loki-rules.yaml',
      text: `# Alerts on logs of "${plan.name}". Loki reads it from <rules directory>/fake/ when it has one tenant.\n${yaml(
        {
          groups: [
            {
              name: `headroom-${plan.id}-logs`,
              rules: alerts.map(({ id, name, expr, for: held, severity, note }) => ({
                alert: name,
                expr: expr?.trim(),
                for: promDuration(parseDuration(held)),
                labels: { severity, plan: plan.id, rule: id },
                annotations: { summary: `${name}: {{ $value }}`, ...(note ? { description: note } : {}) },
              })),
            },
          ],
        },
      )}`,
    },
  ]
}

const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 })

/** How long logs are kept and which fields they have, where the plan says so in a component for logs. */
function asked(plan: Plan): { retention: string; fields: string[] } {
  for (const { settings } of plan.components) {
    const { retention, fields } = settings
    if (typeof retention !== 'string' || !Array.isArray(fields)) continue
    return { retention: promDuration(parseDuration(retention)), fields: fields.map(String) }
  }
  return { retention: RETENTION, fields: FIELDS }
}

function loki(retention: string) {
  return {
    auth_enabled: false,
    server: { http_listen_address: '127.0.0.1', http_listen_port: 3100 },
    common: {
      instance_addr: '127.0.0.1',
      path_prefix: '/var/lib/loki',
      storage: { filesystem: { chunks_directory: '/var/lib/loki/chunks', rules_directory: '/var/lib/loki/rules' } },
      replication_factor: 1,
      ring: { kvstore: { store: 'inmemory' } },
    },
    schema_config: {
      configs: [
        {
          ...{ from: '2024-01-01', store: 'tsdb', object_store: 'filesystem', schema: 'v13' },
          index: { prefix: 'index_', period: '24h' },
        },
      ],
    },
    limits_config: { retention_period: retention, allow_structured_metadata: true },
    compactor: {
      working_directory: '/var/lib/loki/compactor',
      retention_enabled: true,
      delete_request_store: 'filesystem',
    },
    ruler: {
      storage: { type: 'local', local: { directory: '/etc/loki/rules' } },
      rule_path: '/var/lib/loki/rules-temp',
      alertmanager_url: 'http://127.0.0.1:9093',
      ring: { kvstore: { store: 'inmemory' } },
      enable_api: true,
    },
    analytics: { reporting_enabled: false },
  }
}

function promtail(fields: readonly string[]) {
  const has = (name: string) => fields.includes(name)
  const labels = LABEL_FIELDS.filter(has)
  return {
    server: { http_listen_address: '127.0.0.1', http_listen_port: 9080, grpc_listen_port: 0 },
    positions: { filename: '/var/lib/promtail/positions.yaml' },
    clients: [{ url: 'http://127.0.0.1:3100/loki/api/v1/push' }],
    scrape_configs: [
      {
        job_name: 'containers',
        docker_sd_configs: [{ host: 'unix:///var/run/docker.sock', refresh_interval: '15s' }],
        relabel_configs: [
          { source_labels: ['__meta_docker_container_name'], regex: '/(.*)', target_label: 'container' },
        ],
        pipeline_stages: stages(fields, labels, has),
      },
      {
        job_name: 'files',
        static_configs: [{ targets: ['localhost'], labels: { job: 'files', __path__: '/var/log/app/*.json' } }],
        pipeline_stages: stages(fields, labels, has),
      },
    ],
  }
}

function stages(fields: readonly string[], labels: readonly string[], has: (name: string) => boolean) {
  const kept = fields.filter((name) => name === 'trace_id')
  return [
    { json: { expressions: Object.fromEntries(fields.map((name) => [name, name])) } },
    ...(labels.length > 0 ? [{ labels: Object.fromEntries(labels.map((name) => [name, name])) }] : []),
    ...(kept.length > 0 ? [{ structured_metadata: Object.fromEntries(kept.map((name) => [name, name])) }] : []),
    ...(has('timestamp') ? [{ timestamp: { source: 'timestamp', format: 'RFC3339Nano' } }] : []),
  ]
}
