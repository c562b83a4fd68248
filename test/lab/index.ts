export { type SshAgent, startAgent } from './agent.ts'
export { type DockerEngine, startDocker } from './docker.ts'
export type { KeyPair } from './keys.ts'
export { type Lab, type LabOptions, startLab } from './lab.ts'
export { freePort, loopbackAddresses } from './loopback.ts'
export { type PgBouncer, startPgBouncer } from './pgbouncer.ts'
export { type Cluster, type ClusterOptions, startCluster } from './postgres.ts'
export { ended, firstLine, isRunning, processTree, stillRunning } from './process.ts'
export {
  PROMETHEUS_LOGIN,
  type PrometheusServer,
  startNodeExporter,
  startPrometheus,
} from './prometheus.ts'
export { type Redis, startRedis } from './redis.ts'
export type { Sshd, SshdOptions } from './sshd.ts'
export type { LabUser } from './user.ts'
