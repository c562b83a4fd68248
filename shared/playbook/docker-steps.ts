import * as z from 'zod'
import { artifactField, flag, numeric, onHosts, retried, step, text } from './step-fields.ts'

/** Steps that work on a Docker engine. No transforms in here: the schema is exported as JSON Schema for editors. */
const engine = {
  ...step,
  ...onHosts,
  ...retried,
  docker_host: z.string().optional().describe('where the Docker engine listens; empty: the default of the host'),
  sudo: flag.optional(),
  timeout: z.string().default('5m'),
}
/** The manager that a step asks about the swarm, where `host` is another server. */
const manager = {
  manager: text.describe('a server that is a manager of the swarm'),
  manager_docker_host: z.string().optional(),
  manager_sudo: flag.optional().describe('unless stated, as sudo says'),
}
const labels = z.record(
  z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/, 'use letters, digits, dots, hyphens'),
  z.string(),
)

export const SwarmScaleStepSchema = z.strictObject({
  ...engine,
  kind: z.literal('swarm-scale'),
  service: text,
  replicas: numeric,
})

export const SwarmInitStepSchema = z.strictObject({
  ...engine,
  kind: z.literal('swarm-init'),
  advertise: z.string().optional().describe('address or interface that other nodes reach; empty: found out and shown'),
  listen: z.string().optional().describe('where it listens; empty: 0.0.0.0:2377'),
})

export const SwarmJoinStepSchema = z.strictObject({
  ...engine,
  ...manager,
  kind: z.literal('swarm-join'),
  role: z.union([z.enum(['worker', 'manager']), z.string().regex(/\$\{\{/)]).default('worker'),
  advertise: z.string().optional(),
  listen: z.string().optional(),
  labels: labels.optional().describe('labels the node gets'),
})

export const SwarmDrainStepSchema = z.strictObject({
  ...engine,
  kind: z.literal('swarm-drain'),
  node: text.describe('name or id, as docker node ls shows it'),
  availability: z.union([z.enum(['drain', 'pause', 'active']), z.string().regex(/\$\{\{/)]).default('drain'),
})

export const SwarmLabelStepSchema = z.strictObject({
  ...engine,
  kind: z.literal('swarm-label'),
  node: text,
  set: labels.default({}),
  remove: z.array(text).default([]),
})

export const SwarmLeaveStepSchema = z.strictObject({
  ...engine,
  ...manager,
  kind: z.literal('swarm-leave'),
})

export const SwarmDeployStepSchema = z.strictObject({
  ...engine,
  kind: z.literal('swarm-deploy'),
  stack: text,
  text: z.string().optional().describe('the stack file; this or from'),
  artifact: artifactField,
  from: text.optional().describe('a file of this computer: its path from the root or from ~/'),
  env: z.record(z.string(), z.string()).optional().describe('values for ${NAME} in the stack file; may be secrets'),
  prune: flag.default(false).describe('removes services that the file no longer has'),
  registry_auth: flag.default(false).describe("gives the nodes the manager's login at the registry"),
  resolve_image: z
    .union([z.enum(['always', 'changed', 'never']), z.string().regex(/\$\{\{/)])
    .default('always')
    .describe('whether tags are looked up at the registry, so that each node runs the very same image'),
  return_on_failure: flag.default(true).describe('services that do not converge go back to what they were'),
})

export const ComposeDeployStepSchema = z.strictObject({
  ...engine,
  kind: z.literal('compose-deploy'),
  folder: text.describe('the absolute path of the folder on the server'),
  project: text.optional().describe('unless stated the name of the folder'),
  file: text.default('compose.yaml').describe('the name of the Compose file within the folder'),
  text: z.string().optional().describe('the Compose file; this or from'),
  artifact: artifactField,
  from: text.optional().describe('a file of this computer: its path from the root or from ~/'),
  env: z.record(z.string(), z.string()).optional().describe('the .env file beside it, mode 0600; may be secrets'),
  pull: z.union([z.enum(['missing', 'always', 'never']), z.string().regex(/\$\{\{/)]).default('missing'),
  remove_orphans: flag.default(false),
  url: text.optional().describe('asked from this computer once all is healthy'),
  status: z.number().int().default(200),
  settle: z.string().default('5s').describe('how long a container without a health check must run'),
  return_on_failure: flag.default(true),
})

export const dockerSteps = [
  SwarmScaleStepSchema,
  SwarmInitStepSchema,
  SwarmJoinStepSchema,
  SwarmDrainStepSchema,
  SwarmLabelStepSchema,
  SwarmLeaveStepSchema,
  SwarmDeployStepSchema,
  ComposeDeployStepSchema,
] as const
