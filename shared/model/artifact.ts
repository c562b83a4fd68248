import * as z from 'zod'

/** What kinds of files are made of a stage. */
export const ARTIFACT_KINDS = [
  'compose',
  'swarm-stack',
  'env-example',
  'kubernetes',
  'hpa',
  'keda',
  'ingress',
  'cloudflare-load-balancer',
  'pgbouncer',
  'postgresql',
  'nginx',
  'haproxy',
  'backup',
  'prometheus-rules',
  'loki-rules',
  'ansible-inventory',
  'plan-json',
] as const
export const ArtifactKindSchema = z.enum(ARTIFACT_KINDS)
export type ArtifactKind = z.infer<typeof ArtifactKindSchema>

/** A file made of a stage. */
export const ArtifactSchema = z.object({
  id: z.string().describe('what playbooks and the command line name it by'),
  kind: ArtifactKindSchema,
  subject: z.string().describe('the node or service it is for; empty: the whole stage'),
  path: z.string().describe('within the folder it is written to, with /'),
  language: z.enum(['yaml', 'json', 'ini', 'nginx', 'haproxy', 'shell', 'env']),
  text: z.string(),
  /** True: may be run. */
  executable: z.boolean(),
  fits: z.boolean().describe("it is of the stage's own way of running things"),
  open: z.array(z.string()).describe('what the plan does not say and the file needs before it can be used'),
  notes: z.array(z.string()),
  sources: z.array(z.string()).describe('the rows of the plan that its values come from'),
})
export type Artifact = z.infer<typeof ArtifactSchema>

/** The files of a stage, and why others are not among them. */
export const ArtifactsSchema = z.object({
  stage: z.string(),
  artifacts: z.array(ArtifactSchema),
  left: z.array(z.object({ kind: ArtifactKindSchema, reason: z.string() })),
})
export type Artifacts = z.infer<typeof ArtifactsSchema>

/**
 * A file beside what the folder holds. `same`: as it would be written; `ours`: as it was written last, so nothing of
 * anybody's is lost; `edited`: changed since by somebody else, or never written from here. `gone`: was written from here
 * and is no longer made of the stage.
 */
export const ComparedSchema = z.object({
  id: z.string().nullable(),
  path: z.string(),
  state: z.enum(['new', 'same', 'ours', 'edited', 'gone']),
  diff: z.string().describe('unified; empty where nothing differs'),
  found: z.string().nullable().describe('the digest of what is there, to be confirmed where it is `edited`'),
})
export type Compared = z.infer<typeof ComparedSchema>
