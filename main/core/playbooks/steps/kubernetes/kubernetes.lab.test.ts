import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../../../test/fixtures/playbooks.ts'
import { type Lab, type Machine, showing, startLab, startMachine, watchStarts } from '../../../../../test/lab/index.ts'

let lab: Lab
let one: OpenPlaybooks
let machine: Machine
let count = 0

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  one = openPlaybooks()
  machine = await startMachine(lab, 'alpha')
  await one.addServer(lab, machine.server, 'alpha')
  mkdirSync(join(one.workspace.folder, 'playbooks'), { recursive: true })
  machine.sh(
    'INSTALL_K3S_EXEC=server INSTALL_K3S_VERSION=v1.32.3+k3s1 /usr/local/bin/install-k3s.sh >/dev/null && until k3s kubectl get nodes >/dev/null 2>&1; do sleep 0.1; done',
  )
}, 60_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
}, 60_000)

function playbook(steps: string, parameters = '[]'): string {
  const id = `kube-${++count}`
  writeFileSync(
    join(one.workspace.folder, 'playbooks', `${id}.yaml`),
    `format: headroom/playbook@1\nid: ${id}\nname: Kubernetes\nsummary: A test\nparameters: ${parameters}\nsteps:\n${steps}`,
  )
  return id
}
async function run(id: string, values: Record<string, string> = {}) {
  const preview = await one.playbooks.preview(id, values)
  expect(preview.problems).toEqual([])
  const { id: runId } = await one.playbooks.start(id, values, preview.hash)
  return { preview, run: await one.ended(runId) }
}
const problems = async (id: string, values: Record<string, string> = {}) =>
  (await one.playbooks.preview(id, values)).problems
const kubectl = (words: string) => machine.sh(`k3s kubectl ${words}`)

const apply = (text: string, more = '', parameters = '[]') =>
  playbook(
    `  - id: apply\n    name: Apply\n    kind: kubectl-apply\n    host: alpha\n    namespace: shop\n    timeout: 20s\n${more}    text: |\n${text.replaceAll(/^/gm, '      ')}\n`,
    parameters,
  )
const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n---\n'
const deployment = (image: string, replicas = 2) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: ${replicas}
  progressDeadlineSeconds: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}" }] }`
const secret = `---
apiVersion: v1
kind: Secret
metadata: { name: keys }
stringData: { password: "\${{ password }}" }
`
const PARAMETERS = '[{ name: password, label: Password, type: secret }]'

it('applies manifests with their namespace, shows the differences, waits for the rollout, and does nothing twice', async () => {
  const id = apply(`${NAMESPACE + deployment('shop:1')}\n${secret}`, '', PARAMETERS)
  const watched = await watchStarts([machine.server], join(lab.folder, 'starts'))
  const { preview, run: ended } = await run(id, { password: 'hidden word' })
  expect(showing(await watched.stop(), 'hidden word')).toEqual({ toAll: [], given: [] })
  expect(preview.steps[0]?.notes.join(' ')).toContain('It cannot be compared before an earlier part is done')
  expect(ended).toMatchObject({
    state: 'succeeded',
    outcome: '1 Namespace, 1 Deployment, 1 Secret: applied, and every workload runs.',
  })
  expect(kubectl('-n shop get secret keys -o jsonpath={.data.password}')).toBe(
    Buffer.from('hidden word').toString('base64'),
  )
  const kept = JSON.stringify([
    preview,
    ended,
    one.playbooks.journal(ended.id),
    one.playbooks.output(ended.id, 0, 1000),
  ])
  expect(kept).not.toContain('hidden word')
  expect(kept).not.toContain(Buffer.from('hidden word').toString('base64'))
  expect((await one.playbooks.preview(id, { password: 'hidden word' })).steps[0]).toMatchObject({ alreadyDone: true })

  const changed = await one.playbooks.preview(id, { password: 'another' })
  expect(changed.steps[0]?.diffs.map(({ path }) => path)).toEqual(['Secret shop/keys'])
  expect(changed.steps[0]?.diffs[0]?.unified).toContain('+  password: ‹hidden, changed›')
}, 60_000)

it('previews a change line by line; undone, what was changed is as before and what is new is gone', async () => {
  const map = '\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: words }\ndata: { hello: world }\n'
  const { preview, run: ended } = await run(apply(deployment('shop:2', 3) + map))
  const [web] = preview.steps[0]?.diffs ?? []
  expect(web?.path).toBe('apps/Deployment shop/web')
  expect(web?.unified).toContain('-        - image: shop:1')
  expect(web?.unified).toContain('+        - image: shop:2')
  expect(web?.unified).not.toMatch(/resourceVersion|uid|generation/)
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect(kubectl('-n shop get deploy web -o jsonpath={.spec.replicas}')).toBe('3')
  await one.playbooks.undo(ended.id, 'apply', {})
  expect(await one.ended(ended.id)).toMatchObject({ problem: null })
  expect(
    kubectl('-n shop get deploy web -o jsonpath="{.spec.replicas} {.spec.template.spec.containers[0].image}"'),
  ).toBe('2 shop:1')
  expect(kubectl('-n shop get configmap words --ignore-not-found')).toBe('')
}, 60_000)

it('a workload that does not roll out is told by its pod, and all goes back', async () => {
  const { run: ended } = await run(apply(deployment('broken:1')))
  expect(ended).toMatchObject({
    state: 'failed',
    problem: {
      code: 'ROLLOUT_FAILED',
      value: 'web',
      fact: expect.stringMatching(/ImagePullBackOff.*broken:1.*1 objects are what they were before/s),
    },
  })
  expect(ended.problem?.details?.['kubectl describe']).toContain('ProgressDeadlineExceeded')
  expect(kubectl('-n shop get deploy web -o jsonpath={.spec.template.spec.containers[0].image}')).toBe('shop:1')
}, 60_000)

it('says before anything changes what the cluster refuses', async () => {
  const first = async (text: string, more = '') => (await problems(apply(text, more)))[0]
  expect(await first('a: [')).toMatchObject({ code: 'MANIFEST_INVALID', field: 'text' })
  expect(await first('kind: Deployment\nmetadata: { name: x }')).toMatchObject({ code: 'MANIFEST_INVALID' })
  expect(await first(deployment('a:1').replace('selector:', 'chooser:'))).toMatchObject({
    code: 'MANIFEST_REFUSED',
    fact: expect.stringContaining('.spec.chooser'),
  })
  const scaled =
    'apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: workers }\nspec: { minReplicaCount: 2 }'
  expect(await first(scaled)).toMatchObject({ code: 'KIND_MISSING', value: 'ScaledObject' })
  expect(
    await first(
      deployment('a:1')
        .replace('name: web,', 'name: web, namespace: nowhere,')
        .replace('kind: Deployment', 'kind: Deployment'),
      '',
    ),
  ).toMatchObject({ code: expect.stringMatching(/NAMESPACE_MISSING|MANIFEST_REFUSED/) })
  kubectl(`-n shop patch deploy web --type merge --patch '{"spec":{"replicas":5}}'`)
  const conflict = await first(deployment('shop:1', 2))
  expect(conflict).toMatchObject({
    code: 'FIELD_CONFLICT',
    field: 'force_conflicts',
    fact: expect.stringContaining('replicas'),
  })
  const { run: forced } = await run(apply(deployment('shop:1', 2), '    force_conflicts: true\n'))
  expect(forced).toMatchObject({ state: 'succeeded' })
  expect((await problems(apply(deployment('a:1'), '    kubeconfig: /no/such/file\n')))[0]).toMatchObject({
    code: 'CLUSTER_UNREACHABLE',
  })
}, 60_000)

const release = (version: string, values: string, more = '', parameters = '[]') =>
  playbook(
    `  - id: chart\n    name: Chart\n    kind: helm\n    host: alpha\n    release: web\n    namespace: shop\n    chart: web\n    repo: https://charts.lab/stable\n    version: ${version}\n    timeout: 20s\n${more}    values: |\n${values.replaceAll(/^/gm, '      ')}\n`,
    parameters,
  )

it('installs a release, upgrades it with the values as a difference, and goes back to its revision', async () => {
  const { preview, run: ended } = await run(release('1.0.0', 'replicas: 2'))
  expect(preview.steps[0]?.notes).toContain('It has 1 Deployment, 1 Service.')
  expect(ended).toMatchObject({ state: 'succeeded', outcome: 'web: chart web-1.0.0, revision 1.' })
  expect((await one.playbooks.preview(release('1.0.0', 'replicas:   2'), {})).steps[0]).toMatchObject({
    alreadyDone: true,
  })
  const { preview: second, run: upgraded } = await run(release('1.1.0', 'replicas: 3\npassword: "quoted"'))
  expect(second.steps[0]?.diffs[0]?.unified).toContain('-replicas: 2\n')
  expect(second.steps[0]?.diffs[0]?.unified).toContain('+replicas: 3')
  expect(second.steps[0]?.diffs[0]?.unified).not.toContain('quoted')
  expect(upgraded).toMatchObject({ state: 'succeeded', outcome: 'web: chart web-1.1.0, revision 2.' })
  await one.playbooks.undo(upgraded.id, 'chart', {})
  expect(await one.ended(upgraded.id)).toMatchObject({ problem: null })
  expect(machine.sh('helm get values web --namespace shop')).toBe('replicas: 2')
}, 60_000)

it('a release that does not come up goes back by itself, and the problem says where it stands', async () => {
  const { run: ended } = await run(release('1.1.0', 'fails: true'))
  expect(ended).toMatchObject({
    state: 'failed',
    problem: {
      code: 'HELM_FAILED',
      fact: expect.stringMatching(/rolled back due to atomic.*It is at revision 5 \(deployed, web-1\.0\.0\)/s),
    },
  })
  expect(await problems(release('9.9.9', 'a: 1'))).toMatchObject([{ code: 'CHART_MISSING', value: 'web 9.9.9' }])
  expect(await problems(release('1.1.0', 'replicas: many'))).toMatchObject([
    { code: 'CHART_REFUSED', fact: expect.stringContaining('Invalid type') },
  ])
  expect(await problems(release('1.x', 'a: 1'))).toMatchObject([{ code: 'CHART_VERSION', field: 'version' }])
  expect(await problems(release('1.1.0', '- a'))).toMatchObject([{ code: 'VALUES_INVALID', field: 'values' }])
  machine.sh(`sed -i 's/"status":"deployed"/"status":"pending-upgrade"/' /var/lib/rancher/helm.json`)
  expect(await problems(release('1.1.0', 'a: 1'))).toMatchObject([
    { code: 'HELM_PENDING', fix: expect.stringContaining('helm rollback web') },
  ])
  machine.sh('rm /var/lib/rancher/helm.json')
}, 60_000)

it('a chart that brings a kind and the object of that kind go in one run', async () => {
  const id = playbook(
    `  - { id: keda, name: KEDA, kind: helm, host: alpha, release: keda, namespace: keda, chart: keda, repo: "https://charts.lab/stable", version: 2.17.0 }
  - id: scale
    name: Scale
    kind: kubectl-apply
    host: alpha
    namespace: shop
    text: |
      apiVersion: keda.sh/v1alpha1
      kind: ScaledObject
      metadata: { name: workers }
      spec: { minReplicaCount: 2, maxReplicaCount: 50 }
`,
  )
  const { preview, run: ended } = await run(id)
  expect(preview.steps[1]?.notes.join(' ')).toContain('does not know the kind ScaledObject')
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect(kubectl('-n shop get scaledobjects.keda.sh workers -o jsonpath={.spec.maxReplicaCount}')).toBe('50')
}, 60_000)

it('values that hold a secret reach helm on its input, and are shown nowhere', async () => {
  const id = release('1.0.0', 'replicas: 2\npassword: "${{ password }}"', '', PARAMETERS)
  const watched = await watchStarts([machine.server], join(lab.folder, 'starts'))
  const { preview, run: ended } = await run(id, { password: 'hidden word' })
  expect(showing(await watched.stop(), 'hidden word')).toEqual({ toAll: [], given: [] })
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect(machine.sh('helm get values web --namespace shop')).toContain('hidden word')
  const kept = JSON.stringify([
    preview,
    ended,
    one.playbooks.journal(ended.id),
    one.playbooks.output(ended.id, 0, 1000),
  ])
  expect(kept).not.toContain('hidden word')
}, 120_000)
