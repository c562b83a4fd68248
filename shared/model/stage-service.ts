import * as z from 'zod'

/**
 * A piece of software on a node of a stage. Sizes are of one replica; what is not stated is worked out from the node where
 * a file needs it (shared/artifacts), and said to be so.
 */
export const StageServiceSchema = z.strictObject({
  name: z.string(),
  replicas: z.number().int().default(1),
  image: z.string().optional(),
  cpus: z.number().positive().optional().describe('cores it may use at most'),
  memoryGb: z.number().positive().optional().describe('memory it may use at most'),
  cpuRequest: z.number().positive().optional().describe('cores kept for it'),
  memoryRequestGb: z.number().positive().optional().describe('memory kept for it'),
  port: z.number().int().min(1).max(65535).optional().describe('where it listens'),
  publish: z
    .array(
      z
        .string()
        .regex(
          /^([0-9a-fA-F.:[\]]+:)?\d{1,5}(-\d{1,5})?(:\d{1,5}(-\d{1,5})?)?(\/(tcp|udp))?$/,
          'write a port such as 80:8080 or 127.0.0.1:5432:5432',
        ),
    )
    .optional()
    .describe('ports of the node that lead to it, as 80:8080'),
  health: z.string().min(1).optional().describe('a path such as /health on its port, or a command'),
  command: z.array(z.string()).optional().describe('what is started in the place of what the image starts'),
  env: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'write names only; values are kept out of the plan'))
    .optional()
    .describe('names of its environment variables; their values are given where it runs'),
  volumes: z.array(z.string().min(1)).optional().describe('what is kept, as name:/path/within'),
})
export type StageService = z.infer<typeof StageServiceSchema>
