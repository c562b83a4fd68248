// node scripts/playbook-schema.mjs: writes the JSON Schema of playbooks, for editors, into resources/playbooks.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, setUp } from './bootstrap.mjs'

setUp(import.meta.url)
const { playbookJsonSchema } = await import('../shared/playbook/json-schema.ts')
writeFileSync(join(root, 'resources', 'playbooks', 'playbook.schema.json'), playbookJsonSchema())
