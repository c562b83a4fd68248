import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Run } from '../../shared/model/run.ts'
import { Drive } from './drive.ts'
import type { Place } from './ground.ts'
import type { Session } from './session.ts'

const LAST = 12
const BEFORE = 'KEPT=1\nMODE=old\n'
const AFTER = 'KEPT=1\nMODE=new\n'
/** Larger than what a link takes at once, so that a broken one can leave a part. */
const LINES = 4000
const TEXT = Array.from({ length: LINES }, (_, i) => `# line ${i + 1} of the file`).join('\n')
const PLAYBOOK = 'faults'

/** What an undisturbed run leaves: each command once, in order. */
const UNDISTURBED = ['begin', ...Array.from({ length: LAST }, (_, i) => String(i + 1)), 'other', 'end']

/** A change of two servers by a playbook of its own. */
export function running(session: Session, place: Place): Drive {
  const folder = join(place.workspace, 'playbooks')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${PLAYBOOK}.yaml`), playbook())
  writeFileSync(join(place.out, 'app.env'), BEFORE)
  const look = (run: Run, again: boolean) => broken(run, place.out, again)
  return new Drive(session, { playbookId: PLAYBOOK, parameters: { place: place.out }, look })
}

/** Each line that the command printed was read once, in order. */
export async function checkOutput(drive: Drive, fullDisk: boolean): Promise<void> {
  // A server whose disk is full loses lines, and a step that failed prints them again.
  if (drive.state !== 'succeeded' || drive.failed || fullDisk) return
  const printed = await drive.printed('count')
  const expected = Array.from({ length: LAST }, (_, i) => `line ${i + 1}`)
  if (printed.join() !== expected.join())
    drive.breaches.push(`The output of the command is told as ${printed.join(', ')}.`)
}

/** At every end: what it says is done is done, and what was begun is on record. */
function broken(run: Run, folder: string, again: boolean): string[] {
  const file = (name: string) => {
    const path = join(folder, name)
    return existsSync(path) ? readFileSync(path, 'utf8') : null
  }
  const out = (file('out') ?? '').split('\n').filter(Boolean)
  const found: string[] = []
  const wrong = (what: string) => found.push(`${what} The run is ${run.state}; the server has ${out.join(' ')}.`)
  if (again ? out.some((line) => !UNDISTURBED.includes(line)) : out.some((line, i) => line !== UNDISTURBED[i]))
    wrong('Something was done twice or out of order.')
  const states = new Map(run.steps.map(({ id, state }) => [id, state]))
  const done = (step: string) => states.get(step) === 'succeeded' || states.get(step) === 'skipped'
  const left = { begin: 'begin', count: String(LAST), other: 'other', end: 'end' }
  for (const [step, effect] of Object.entries(left)) {
    if (done(step) && !out.includes(effect)) wrong(`Step ${step} is told as done and is not.`)
    if (out.includes(effect) && states.get(step) === 'pending') wrong(`Step ${step} left something without a record.`)
  }
  const env = file('app.env')
  if (env !== BEFORE && env !== AFTER) wrong(`app.env is neither the old nor the new one: ${JSON.stringify(env)}.`)
  if (done('env') && env !== AFTER) wrong('Step env is told as done and is not.')
  if (env === AFTER && states.get('env') === 'pending') wrong('Step env left something without a record.')
  const text = file('file.conf')?.trimEnd() ?? null
  if (text !== null && text !== TEXT) wrong(`file.conf has ${text.length} of ${TEXT.length} characters.`)
  if (done('file') && text === null) wrong('Step file is told as done and is not.')
  return found
}

function playbook(): string {
  const append = (word: string) => `echo ${word} >>\${{ place }}/out`
  return `format: headroom/playbook@1
id: ${PLAYBOOK}
name: Faults
summary: Changes two servers
parameters:
  - { name: place, label: Place, type: text }
steps:
  - { id: begin, name: Begin, kind: run, host: web, command: '${append('begin')}' }
  - id: count
    name: Count
    kind: run
    host: web
    command: 'i=0; while [ $i -lt ${LAST} ]; do i=$((i + 1)); ${append('$i')}; echo "line $i"; sleep 0.06; done'
    verify: 'grep -qx ${LAST} \${{ place }}/out'
  - { id: env, name: Environment, kind: edit-env, host: web, path: '\${{ place }}/app.env', set: { MODE: new } }
  - id: other
    name: Other
    kind: run
    host: db
    detached: false
    check: 'grep -qx other \${{ place }}/out'
    command: '${append('other')}'
  - id: file
    name: File
    kind: template
    host: db
    path: \${{ place }}/file.conf
    text: |
${TEXT.replace(/^/gm, '      ')}
  - { id: end, name: End, kind: run, host: web, command: '${append('end')}' }
`
}
