import type { Labels, Series, Unit } from '../../../shared/model/metric.ts'
import type servers from './words.ts'

export type MetricWord = keyof typeof servers.metrics

/** A chart of a server page: which metrics share it and how their lines are called. */
export interface ChartSpec {
  id: string
  title: MetricWord
  unit: Unit
  lines: readonly {
    metric: string
    name: (labels: Labels, word: (key: MetricWord, values: Labels) => string) => string
  }[]
}

const labelled = (label: string) => (labels: Labels) => labels[label] ?? '?'
const worded =
  (key: MetricWord) =>
  (labels: Labels, word: (key: MetricWord, values: Labels) => string): string =>
    word(key, labels)

export const CHARTS: readonly ChartSpec[] = [
  {
    id: 'cpu',
    title: 'cpu',
    unit: 'ratio',
    lines: [
      { metric: 'cpu_used_ratio', name: worded('cpuUsed') },
      { metric: 'cpu_iowait_ratio', name: worded('cpuWait') },
      { metric: 'cpu_steal_ratio', name: worded('cpuSteal') },
    ],
  },
  { id: 'memory', title: 'memory', unit: 'ratio', lines: [{ metric: 'memory_used_ratio', name: worded('used') }] },
  {
    id: 'load',
    title: 'load',
    unit: 'load',
    lines: [
      { metric: 'load1', name: worded('load1') },
      { metric: 'load5', name: worded('load5') },
      { metric: 'load15', name: worded('load15') },
    ],
  },
  { id: 'disk', title: 'disk', unit: 'ratio', lines: [{ metric: 'disk_used_ratio', name: labelled('mount') }] },
  {
    id: 'network',
    title: 'network',
    unit: 'bytes_per_second',
    lines: [
      { metric: 'network_receive_bytes_per_second', name: worded('received') },
      { metric: 'network_transmit_bytes_per_second', name: worded('sent') },
    ],
  },
  { id: 'swap', title: 'swap', unit: 'ratio', lines: [{ metric: 'swap_used_ratio', name: worded('used') }] },
  {
    id: 'postgres',
    title: 'connections',
    unit: 'count',
    lines: [
      { metric: 'postgres_connections_total', name: worded('total') },
      { metric: 'postgres_connections', name: labelled('state') },
      { metric: 'postgres_connections_max', name: worded('max') },
    ],
  },
  {
    id: 'postgres-used',
    title: 'connectionsUsed',
    unit: 'ratio',
    lines: [{ metric: 'postgres_connections_used_ratio', name: worded('used') }],
  },
  {
    id: 'postgres-size',
    title: 'databaseSize',
    unit: 'bytes',
    lines: [{ metric: 'postgres_database_size_bytes', name: labelled('database') }],
  },
  {
    id: 'docker',
    title: 'dockerState',
    unit: 'count',
    lines: [{ metric: 'docker_containers', name: labelled('state') }],
  },
  {
    id: 'docker-cpu',
    title: 'dockerCpu',
    unit: 'ratio',
    lines: [{ metric: 'docker_container_cpu_ratio', name: labelled('name') }],
  },
  {
    id: 'docker-memory',
    title: 'dockerMemory',
    unit: 'bytes',
    lines: [{ metric: 'docker_container_memory_bytes', name: labelled('name') }],
  },
  {
    id: 'replicas',
    title: 'replicas',
    unit: 'count',
    lines: [
      { metric: 'docker_service_replicas_running', name: worded('running') },
      { metric: 'docker_service_replicas_wanted', name: worded('wanted') },
    ],
  },
  { id: 'inodes', title: 'inodes', unit: 'ratio', lines: [{ metric: 'inode_used_ratio', name: labelled('mount') }] },
]

/** The charts for which this server has at least one series. */
export function chartsFor(series: readonly Series[]): ChartSpec[] {
  const stored = new Set(series.map((one) => one.metric))
  return CHARTS.map((chart) => ({ ...chart, lines: chart.lines.filter((line) => stored.has(line.metric)) })).filter(
    (chart) => chart.lines.length > 0,
  )
}

/** The chart in which a metric is drawn, to link evidence to it. */
export function chartOf(metric: string): ChartSpec | undefined {
  return CHARTS.find((chart) => chart.lines.some((line) => line.metric === metric))
}
