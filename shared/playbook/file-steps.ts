import * as z from 'zod'
import { artifactField, flag, onHosts, retried, step, text } from './step-fields.ts'

/** Steps that change one file. No transforms in here: the schema is exported as JSON Schema for editors. */
const file = {
  ...step,
  ...onHosts,
  ...retried,
  path: text.describe('the absolute path on the server'),
  mode: text
    .optional()
    .describe('such as "0640"; unless stated the one it has, and 0644 for a new file, 0600 with secrets'),
  owner: text.optional().describe('user or user:group; unless stated the one it has'),
  folders: flag.optional().describe('makes the folders that are missing'),
  sudo: flag.optional(),
}

export const TemplateStepSchema = z.strictObject({
  ...file,
  kind: z.literal('template'),
  text: z.string().optional().describe('what the file is to hold; this or from'),
  from: text.optional().describe('a file of this computer that holds the template: its path from the root or from ~/'),
  artifact: artifactField,
  syntax: z
    .enum(['text', 'shell', 'json', 'yaml', 'env'])
    .optional()
    .describe('how insertions are quoted; unless stated it follows from the end of the path, else text: as they are'),
})

export const UploadStepSchema = z.strictObject({
  ...file,
  kind: z.literal('upload'),
  from: text.describe('a file of this computer: its path from the root or from ~/'),
  sha256: z
    .string()
    .regex(/^(?:[0-9a-f]{64}|.*\$\{\{.*)$/, 'write 64 hexadecimal digits')
    .optional()
    .describe('the digest the file must have'),
  max_size: text.default('64MiB').describe('a larger file is refused'),
})

export const EditEnvStepSchema = z.strictObject({
  ...file,
  kind: z.literal('edit-env'),
  format: z
    .enum(['env', 'compose'])
    .optional()
    .describe('unless stated, compose for a path that ends in .yml or .yaml, else env'),
  service: text.optional().describe('in a Compose file: whose environment'),
  set: z.record(z.string(), z.string()).default({}).describe('names and their values'),
  remove: z.array(text).default([]),
  create: flag.optional().describe('makes an env file that is missing'),
})

export const fileSteps = [TemplateStepSchema, UploadStepSchema, EditEnvStepSchema] as const
