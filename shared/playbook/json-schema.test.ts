import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { playbookJsonSchema } from './json-schema.ts'

const file = join(import.meta.dirname, '../../resources/playbooks/playbook.schema.json')

test('the JSON Schema for editors is that of the format; `node scripts/playbook-schema.mjs` writes it', () => {
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(playbookJsonSchema()))
})

test('it knows every kind of step and refuses unknown fields', () => {
  const text = playbookJsonSchema()
  for (const kind of ['run', 'play', 'approve', 'wait-for', 'metric-check', 'postgres-move'])
    expect(text).toContain(`"const": "${kind}"`)
  expect(text).toContain('"additionalProperties": false')
})
