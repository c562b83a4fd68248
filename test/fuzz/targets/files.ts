// Files that the operator brings: plans, playbooks, prices, Compose, inventories, tables, settings.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { objectsOf } from '../../../main/core/playbooks/steps/kubernetes/objects.ts'
import { readComposeFile } from '../../../shared/artifacts/imports/compose.ts'
import { readInventory } from '../../../shared/artifacts/imports/inventory.ts'
import { readCsv } from '../../../shared/format/csv.ts'
import { parseDuration } from '../../../shared/format/duration.ts'
import { readLoadTests } from '../../../shared/planning/fit/load-test.ts'
import { evaluate, parseFormula } from '../../../shared/planning/formula.ts'
import { readOwnPrices, writeOwnPrices } from '../../../shared/planning/own-price-file.ts'
import { parsePlan } from '../../../shared/planning/plan-file.ts'
import { editComposeEnvironment } from '../../../shared/playbook/compose-environment.ts'
import { composeValues } from '../../../shared/playbook/compose-values.ts'
import { checkCondition, conditionHolds } from '../../../shared/playbook/condition.ts'
import { movedUrl, shownUrl } from '../../../shared/playbook/database-url.ts'
import { editEnvFile, readEnvFile } from '../../../shared/playbook/env-file.ts'
import { parsePlaybook } from '../../../shared/playbook/parse.ts'
import { registeredFrom } from '../../../shared/playbook/register.ts'
import { checkShell, expandPlain, expandShell } from '../../../shared/playbook/template.ts'
import { type FuzzTarget, holds } from '../target.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const texts = (folder: string, end: string, most: number): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => readFileSync(join(root, folder, name), 'utf8'))
    .sort((a, b) => a.length - b.length)
    .slice(0, most)

const composeFile = `x-base: &base
  restart: always
  environment: { MODE: production }
services:
  web:
    <<: *base
    image: registry.example/web:\${TAG:-1.2}
    command: ["gunicorn", "app:web"]
    environment:
      DATABASE_URL: postgresql://app:word@db:5432/app # the old one
      LIST: 'a'
    ports: ["80:8000", { target: 9000, published: "9001" }]
    deploy: { replicas: 2, resources: { limits: { cpus: "0.5", memory: 512M } } }
    healthcheck: { test: ["CMD", "curl", "-f", "http://localhost:8000/health"] }
  worker:
    image: a/b
    environment:
      - QUEUE=redis://cache
      - DATABASE_URL=postgresql://x
    volumes: ["data:/var/lib", { type: bind, source: /a, target: /b }]
volumes: { data: {} }
`
const iniFile = `[web]
web[01:03].example ansible_user=deploy ansible_port=2222 note="a b"
[db:vars]
ansible_host='10.0.0.1'
[db]
db-[a:c] vcpu=4 ram_gb=16
[all:children]
web
db
`
const yamlInventory = `all:
  vars: { ansible_user: deploy }
  children:
    web: { hosts: { "web[1:2]": { ansible_port: 22 } } }
    db: { hosts: { db1: }, children: { replicas: { hosts: { db2: } } } }
`
const yamlWords = [
  '&a ',
  '*a',
  '<<: *a\n',
  '!!js/function "x"',
  '!!binary YQ==',
  '? a\n',
  '|\n  x\n',
  '---\n',
  '%YAML 1.1\n',
  '{a: *a}',
  '- - - ',
]

export const fileTargets: FuzzTarget[] = [
  {
    name: 'plan (YAML)',
    seeds: texts('resources/blueprints', '.yaml', 2).map((text) => text.slice(0, 8000)),
    words: [...yamlWords, 'stages:\n', 'per: ', 'quantity: ceil(cpu / 3)\n', 'id: a\n'],
    inTests: 60,
    reads: (text) => void parsePlan(text, 'plan.yaml'),
  },
  {
    name: 'playbook (YAML)',
    seeds: texts('resources/playbooks', '.yaml', 6),
    words: [...yamlWords, '${{ host }}', '${{ raw x }}', 'run: ', 'when: ', 'register: ', 'shell: "'],
    inTests: 120,
    reads: (text) => void parsePlaybook(text, 'own.yaml'),
  },
  {
    name: 'Compose file',
    inTests: 150,
    seeds: [composeFile],
    words: [...yamlWords, 'services:\n', 'ports: [', 'deploy: ', '$$', '${A:-', 'env_file: /etc/shadow\n'],
    reads(text) {
      const read = readComposeFile(text, 'compose.yaml')
      holds(!JSON.stringify(read).includes('app:word@'), 'a value of a variable is in the plan')
    },
  },
  {
    name: 'Compose environment',
    seeds: [composeFile],
    words: yamlWords,
    reads(text) {
      const wanted = 'postgresql://a:$b\'c"@h/d'
      const changed = editComposeEnvironment(text, 'web', new Map([['DATABASE_URL', wanted]]))
      const found = composeValues(changed, 'DATABASE_URL').find(({ service }) => service === 'web')
      holds(found?.value === wanted.replaceAll('$', '$$$$'), `it reads back as ${found?.value}`)
    },
  },
  {
    name: 'inventory (INI)',
    seeds: [iniFile],
    words: ['[a:vars]\n', '[a:children]\n', '[01:9999]', '[a:z]', '[9:1]', 'ansible_password=x', '="', '#', ';'],
    reads(text) {
      holds(readInventory(text, 'hosts').hosts.length <= 5000, 'more hosts than are read')
    },
  },
  {
    name: 'inventory (YAML)',
    seeds: [yamlInventory],
    words: [...yamlWords, 'children:\n', 'hosts: ', '[01:9999]', '[9:1]', 'vars: '],
    reads: (text) => void readInventory(text, 'hosts.yaml'),
  },
  {
    name: 'table (CSV)',
    seeds: [
      'time,users\n2026-01-01,10\n2026-02-01,12\n2026-03-01,15\n',
      'Datum;Wert\n"31.1.2026";"1.234,5"\n"28.2.2026";"1.300,0"\n',
      'ts\tv\tw\n1767225600\t1\t2\n1767229200\t2\t3\n',
    ],
    words: ['"', '""', '\r', ';', '\t', '31.12.2026', '12/31/2026', '1e9', '1.2.3', '%', ' GiB', '2026-02-30'],
    reads(text) {
      const { values } = readCsv(text)
      for (const [index, { at, value }] of values.entries()) {
        holds(Number.isFinite(at) && Number.isFinite(value), `row ${index} is ${at}: ${value}`)
        holds(index === 0 || at > (values[index - 1]?.at ?? 0), `row ${index} is not after the one before it`)
      }
    },
  },
  {
    name: 'load tests',
    seeds: texts('test/fixtures/load-tests', '', 9),
    words: ['Requests/sec: ', 'Concurrency Level: ', '"metrics":', ' threads and 8 connections\n', '50%  ', 'ms'],
    reads: (text) => void readLoadTests(text),
  },
  {
    name: 'own prices',
    seeds: [
      'provider,kind,sku,region,currency,monthly,vcpu,ramGb\nown,compute,a-1,fsn1,EUR,4.50,2,4\n',
      '{"format":"headroom/own-prices@1","prices":[{"provider":"own","kind":"compute","sku":"a-1","region":"fsn1","currency":"EUR","monthly":4.5}]}',
    ],
    words: ['EUR', 'USD', '"', '=1+1', "'=", '1.005', 'compute', 'hourly'],
    reads(text) {
      const prices = readOwnPrices(text, '2026-11-21').flatMap((row) =>
        'price' in row && row.price ? [row.price] : [],
      )
      if (prices.length === 0) return
      const again = readOwnPrices(writeOwnPrices(prices as never, 'json'), '2026-11-21')
      holds(again.length === prices.length, 'what was written is not read back')
    },
  },
  {
    name: 'manifests (Kubernetes)',
    seeds: [
      'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n---\napiVersion: v1\nkind: List\nitems: []\n',
    ],
    words: yamlWords,
    reads: (text) => void objectsOf(text, 'manifest'),
  },
  {
    name: 'env file',
    seeds: ['# a\nexport A=1\nB="two words" # c\nC=\'x\ny\'\r\nD=\nDATABASE_URL=postgresql://a:b@c/d\n'],
    words: ['export ', 'A=', '="', "='", '\\"', '\\n', '#', ' # '],
    reads(text) {
      const wanted = 'a$b`c"d\'e\\f #g'
      const changed = editEnvFile(
        text,
        new Map([
          ['A', wanted],
          ['NEW', 'x'],
        ]),
      )
      const read = readEnvFile(changed)
      holds(read.get('A') === wanted, `A reads back as ${read.get('A')}`)
      holds(read.get('NEW') === 'x', 'the appended setting is not read back')
    },
  },
  {
    name: 'formula',
    seeds: ['ceil(cpu / 3) + 2 * max(users, 10)', '(1 + users) ^ 2'],
    words: ['ceil(', 'min(', 'users', ' ^ ', ' / 0', '((((', '1e308', '-'],
    reads(text) {
      const value = evaluate(parseFormula(text, ['cpu', 'users']), () => 7)
      holds(typeof value === 'number', 'a formula gives no number')
    },
  },
  {
    name: 'condition of a step',
    seeds: ["${{ a }} == 'x' and not (${{ b }} in ['1', '2'])", "${{ a }} != '' or ${{ steps.x.y }}"],
    words: ['${{ a }}', 'in [', ' and ', ' or ', 'not ', ' in [', "'", '==', '('],
    reads(text) {
      checkCondition(text)
      conditionHolds(text, () => 'x')
    },
  },
  {
    name: 'template of a command',
    seeds: [
      'psql -c \'${{ sql }}\' "${{ a }}" ${{ b }} $(cat ${{ c }}) <<END\n${{ d }}\nEND\n',
      '${{ raw a }} && `b ${{ c }}`',
    ],
    words: ['${{ a }}', '${{ raw a }}', "'", '"', '`', '$(', ')', '<<END\n', '\nEND\n', '#', '\\', '${'],
    reads(text) {
      checkShell(text)
      expandShell(text, () => "x'; touch /tmp/taken; '")
      expandPlain(text, () => '${{ a }}')
    },
  },
  {
    name: 'address of a database',
    seeds: ['postgresql://app:p%40ss@db.example:5432/app?sslmode=require', 'postgres://h/d'],
    words: ['postgresql://', '@', ':', '%40', '?a=b', '/', '#'],
    reads(text) {
      const moved = movedUrl(text, { server: 'new.example', port: '5433', database: 'other' })
      if (moved !== null) holds(new URL(moved).hostname === 'new.example', `it leads to ${new URL(moved).hostname}`)
      const shown = shownUrl('postgresql://app:canary-word@db/app')
      holds(!shown.includes('canary-word'), 'the password is shown')
      shownUrl(text)
    },
  },
  {
    name: 'output kept for later steps',
    seeds: ['{"a":{"b":[1,2,{"c":"x"}]}}', 'token: abc\nnext\n'],
    words: ['"a"', '"b"', '[', ']', 'null', 'token: '],
    reads(text) {
      for (const how of [{ json: 'a.b[2].c' }, { regex: 'token: (\\w+)' }, 'trim' as const]) {
        try {
          registeredFrom(how as never, 'x', text)
        } catch (error) {
          if ((error as { code?: string }).code !== 'REGISTER_NOTHING') throw error
        }
      }
    },
  },
  {
    name: 'duration',
    seeds: ['5m', '1h30m', '90 d', 'P1D'],
    words: ['ms', 's', 'm', 'h', 'd', 'w'],
    reads(text) {
      holds(Number.isFinite(parseDuration(text)), 'a duration is not finite')
    },
  },
]
