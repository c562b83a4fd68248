import * as z from 'zod'
import { artifactField, flag, numeric, onHosts, retried, step, text } from './step-fields.ts'

/** Steps for k3s and Kubernetes. No transforms in here: the schema is exported as JSON Schema for editors. */
const settings = z.record(
  z.string().regex(/^[a-z0-9-]+\+?$/, 'write a setting of k3s as its documentation does, without the two hyphens'),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
)
const list = z.union([z.array(z.string()), z.string()])

/** What servers and agents of k3s have in common. */
const node = {
  ...step,
  ...onHosts,
  ...retried,
  sudo: flag.optional(),
  version: z.string().optional().describe('such as v1.32.3+k3s1; empty: what the channel names, told in the review'),
  channel: z.string().default('stable').describe('stable, latest, or a minor version such as v1.32'),
  node_name: z.string().optional().describe('unless stated the name of the host'),
  node_labels: list.optional().describe('NAME=VALUE, a list or with commas between them'),
  node_taints: list.optional().describe('NAME=VALUE:NoSchedule'),
  config: settings.optional().describe('further settings of k3s, such as kubelet-arg'),
  installer: text
    .default('https://get.k3s.io')
    .describe('the address of the installer, or an absolute path on the server'),
  installer_sha256: z
    .string()
    .regex(/^(?:|[0-9a-f]{64}|.*\$\{\{.*)$/, 'write 64 hexadecimal digits')
    .optional()
    .describe('the digest that the installer must have'),
  airgap: flag.default(false).describe('nothing is downloaded: /usr/local/bin/k3s and the installer are there already'),
  min_memory: z.string().optional().describe('less is refused; 1500MiB for a server, 450MiB for an agent'),
  beside_swarm: flag.default(false).describe('accepts a server that is a node of a Docker swarm'),
  timeout: z.string().default('10m'),
}

export const K3sServerStepSchema = z.strictObject({
  ...node,
  kind: z.literal('k3s-server'),
  join: z.string().optional().describe('a server of the cluster to join; empty: this is its first server'),
  join_sudo: flag.optional().describe('unless stated, as sudo says'),
  join_address: z.string().optional().describe('where the other servers are reached; unless stated as its entry says'),
  cluster_init: flag.default(false).describe('keeps the cluster in embedded etcd; without it in SQLite'),
  tls_san: list.optional().describe('further names and addresses that the certificate of the API is for'),
  disable: list
    .optional()
    .describe('packaged parts that are left out: traefik, servicelb, metrics-server, local-storage'),
  datastore: z.string().optional().describe('the address of an external datastore; may be a secret'),
})

export const K3sAgentStepSchema = z.strictObject({
  ...node,
  kind: z.literal('k3s-agent'),
  server: text.describe('a server of the cluster to join'),
  server_sudo: flag.optional().describe('unless stated, as sudo says'),
  server_address: z.string().optional().describe('where the agent reaches it; unless stated as its entry says'),
})

export const K3sEtcdSnapshotStepSchema = z.strictObject({
  ...step,
  ...onHosts,
  ...retried,
  kind: z.literal('k3s-etcd-snapshot'),
  sudo: flag.optional(),
  snapshot: z
    .string()
    .regex(/^(?:[A-Za-z0-9][A-Za-z0-9._-]*|.*\$\{\{.*)$/, 'use letters, digits, dots, hyphens')
    .default('on-demand')
    .describe('what its name begins with'),
  compress: flag.default(false),
  keep: numeric
    .optional()
    .describe('older ones with the same beginning are removed beyond this number; empty: all stay'),
  s3: z
    .strictObject({
      bucket: text,
      endpoint: z.string().optional().describe('host and port; empty: s3.amazonaws.com'),
      region: z.string().optional(),
      folder: z.string().optional(),
      access_key: z.string().optional().describe('may be a secret'),
      secret_key: z.string().optional().describe('may be a secret'),
      insecure: flag.default(false).describe('without HTTPS'),
      endpoint_ca: z
        .string()
        .optional()
        .describe('a file on the server with the certificate authority of the endpoint'),
    })
    .optional()
    .describe('copies it to S3-compatible storage; left out where the bucket is empty'),
  timeout: z.string().default('10m'),
})

/** Where Kubernetes is asked: a host that has kubectl or k3s. */
const cluster = {
  ...step,
  ...onHosts,
  ...retried,
  sudo: flag.optional(),
  kubeconfig: z
    .string()
    .optional()
    .describe("the file that says where the cluster is; empty: that of k3s where there is one, else the user's own"),
  namespace: z.string().optional().describe('empty: default'),
  timeout: z.string().default('5m'),
}

export const HelmStepSchema = z.strictObject({
  ...cluster,
  kind: z.literal('helm'),
  release: text,
  chart: text.describe('the name of a chart in the repository, oci://..., or an absolute path on the host'),
  repo: z.string().optional().describe('the address of the repository'),
  version: text.describe('the exact version of the chart'),
  values: z.string().optional().describe('YAML; may hold secrets'),
  values_from: text.optional().describe('a file of this computer with the values'),
  create_namespace: flag.default(true),
  helm_version: z
    .string()
    .regex(/^(?:|v\d+\.\d+\.\d+|.*\$\{\{.*)$/, 'write it like v3.17.3')
    .optional()
    .describe('where the host has no helm, this version is put in /usr/local/bin, checked by its digest'),
})

export const KubectlApplyStepSchema = z.strictObject({
  ...cluster,
  kind: z.literal('kubectl-apply'),
  text: z.string().optional().describe('the manifests; this or from'),
  artifact: artifactField,
  from: text.optional().describe('a file of this computer: a path, or a name beside the playbook'),
  force_conflicts: flag.default(false).describe('takes over fields that another program set'),
  return_on_failure: flag.default(true).describe('where a workload does not roll out, all goes back to what it was'),
})

export const kubernetesSteps = [
  K3sServerStepSchema,
  K3sAgentStepSchema,
  K3sEtcdSnapshotStepSchema,
  HelmStepSchema,
  KubectlApplyStepSchema,
] as const
