import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { kindOf } from './kind.ts'

const blueprints = new URL('../../../resources/blueprints/', import.meta.url)

it('knows every blueprint as a plan', () => {
  const files = readdirSync(blueprints).filter((name) => name.endsWith('.yaml'))
  expect(files.length).toBeGreaterThan(4)
  for (const name of files) expect(kindOf(name, readFileSync(new URL(name, blueprints), 'utf8'))).toBe('plan')
})

it.each([
  ['docker-compose.yml', 'version: "3.9"\nservices:\n  web:\n    image: nginx\n', 'compose'],
  ['hosts.ini', '[web]\nweb-1 ansible_host=203.0.113.7\n', 'inventory'],
  ['hosts', 'web-1 ansible_host=203.0.113.7\n', 'inventory'],
  ['hosts.yml', 'all:\n  hosts:\n    web-1:\n      ansible_host: 203.0.113.7\n', 'inventory'],
  ['prices.csv', 'provider,kind,sku,region,amount\nacme,server,x1,eu,4.5\n', 'prices'],
  ['own.json', '[{"provider":"acme"}]', 'prices'],
  ['users.csv', 'month,users\n2026-01,1200\n', 'series'],
  ['known_hosts', '# mine\n', 'keys'],
  ['team.txt', '[db.example.org]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0Zc5Rk3bGm0qU8hXq0d0H3a8t5\n', 'keys'],
  ['empty.csv', '', 'series'],
] as const)('takes %s for what it holds', (name, text, kind) => {
  expect(kindOf(name, text)).toBe(kind)
})
