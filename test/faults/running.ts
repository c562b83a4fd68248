import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { HeadroomError, type Problem } from '../../shared/model/problem.ts'
import type { Run } from '../../shared/model/run.ts'
import type { Place } from './ground.ts'
import { Gone, type Session } from './session.ts'

const LAST = 12
const BEFORE = 'KEPT=1\nMODE=old\n'
const AFTER = 'KEPT=1\nMODE=new\n'
/** Larger than what a link takes at once, so that a broken one can leave a part. */
const LINES = 4000
const TEXT = Array.from({ length: LINES }, (_, i) => `# line ${i + 1} of the file`).join('\n')
const PLAYBOOK = 'faults'
const TRIES = 8

/** What an undisturbed run leaves: each command once, in order. */
const UNDISTURBED = ['begin', ...Array.from({ length: LAST }, (_, i) => String(i + 1)), 'other', 'end']

/** A change of two servers by a playbook: it is brought to its end, and then looked at what it did and what it says. */
export class Running {
  readonly #session: Session
  readonly #place: Place
  #runId: string | null = null
  state: Run['state'] | 'none' = 'none'
  readonly breaches: string[] = []
  readonly said: string[] = []

  constructor(session: Session, place: Place) {
    this.#session = session
    this.#place = place
    const folder = join(place.workspace, 'playbooks')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${PLAYBOOK}.yaml`), playbook())
    writeFileSync(join(place.out, 'app.env'), BEFORE)
  }

  /** Starts it, goes on after every fault, and resumes it until it has succeeded, or is stopped where `stop` says so. */
  async work(calm: AbortSignal, stop: boolean): Promise<void> {
    let tries = 0
    while (tries < TRIES)
      try {
        const run = await this.#step(stop && calm.aborted)
        this.state = run.state
        this.#look(run)
        if (run.state === 'succeeded' || (run.state === 'stopped' && stop)) return
        if (run.problem !== null) this.said.push(`${run.state}: ${run.problem.code} ${run.problem.fact}`)
        if (calm.aborted) tries += 1
        await pause(50)
      } catch (error) {
        if (!(error instanceof Gone) && calm.aborted) tries += 1
        if (!(error instanceof Gone)) this.#refused(error)
        await pause(100)
      }
    this.breaches.push(`The run does not come to its end: it is ${this.state}. ${this.said.slice(-3).join(' ')}`)
  }

  async #step(stop: boolean): Promise<Run> {
    const found = await this.#find()
    if (found === null) return await this.#start()
    this.#runId = found.id
    if (found.state === 'running' || found.state === 'stopping') return await this.#ended(found.id)
    if (found.state === 'succeeded') return found
    if (stop && found.state === 'interrupted')
      return await this.#session.call((core) => core.playbooks.stop({ runId: found.id }))
    if (stop) return { ...found, state: 'stopped' }
    await this.#session.call((core) => core.playbooks.resume({ runId: found.id, secrets: {} }))
    return await this.#ended(found.id)
  }

  async #find(): Promise<Run | null> {
    return (await this.#session.call((core) => core.playbooks.runs()))[0] ?? null
  }

  async #start(): Promise<Run> {
    const asked = { playbookId: PLAYBOOK, parameters: { place: this.#place.out } }
    const preview = await this.#session.call((core) => core.playbooks.preview(asked))
    if (preview.problems[0]) throw new HeadroomError(preview.problems[0])
    const { id } = await this.#session.call((core) => core.playbooks.start({ ...asked, previewHash: preview.hash }))
    this.#runId = id
    return await this.#ended(id)
  }

  async #ended(runId: string): Promise<Run> {
    return await this.#session.call(async (core) => {
      for (;;) {
        const run = await core.playbooks.run({ runId })
        if (run.state !== 'running' && run.state !== 'stopping') return run
        await pause(40)
      }
    })
  }

  #refused(error: unknown): void {
    const { code, fact }: Pick<Problem, 'code' | 'fact'> =
      error instanceof HeadroomError ? error.problem : { code: 'INTERNAL', fact: String(error) }
    this.said.push(`${code} ${fact}`)
    if (code === 'INTERNAL') this.breaches.push(`Starting or resuming said: ${fact}`)
  }

  #out(): string[] {
    const file = join(this.#place.out, 'out')
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  }

  /** At every end: what it says is done is done, and what was begun is on record. */
  #look(run: Run): void {
    const out = this.#out()
    const wrong = (what: string) =>
      this.breaches.push(`${what} The run is ${run.state}; the server has ${out.join(' ')}.`)
    if (out.some((line, i) => line !== UNDISTURBED[i])) wrong('Something was done twice or out of order.')
    const states = new Map(run.steps.map(({ id, state }) => [id, state]))
    const done = (step: string) => states.get(step) === 'succeeded' || states.get(step) === 'skipped'
    for (const [step, effect] of [
      ['begin', 'begin'],
      ['count', String(LAST)],
      ['other', 'other'],
      ['end', 'end'],
    ] as const) {
      if (done(step) && !out.includes(effect)) wrong(`Step ${step} is told as done and is not.`)
      if (out.includes(effect) && states.get(step) === 'pending') wrong(`Step ${step} left something without a record.`)
    }
    const env = readFileSync(join(this.#place.out, 'app.env'), 'utf8')
    if (env !== BEFORE && env !== AFTER) wrong(`app.env is neither the old nor the new one: ${JSON.stringify(env)}.`)
    if (done('env') && env !== AFTER) wrong('Step env is told as done and is not.')
    if (env === AFTER && states.get('env') === 'pending') wrong('Step env left something without a record.')
    const file = join(this.#place.out, 'file.conf')
    const text = existsSync(file) ? readFileSync(file, 'utf8').trimEnd() : null
    if (text !== null && text !== TEXT) wrong(`file.conf has ${text.length} of ${TEXT.length} characters.`)
    if (done('file') && text === null) wrong('Step file is told as done and is not.')
    if (run.state === 'failed' && run.problem === null) wrong('It failed without saying why.')
    if (run.problem?.code === 'INTERNAL') wrong(`It ended with: ${run.problem.fact}`)
    if (run.state === 'succeeded' && run.steps.some(({ id }) => !done(id))) wrong('It succeeded with steps undone.')
  }

  /** When all is over: the journal is whole and tells every step, and each line of output was read once. */
  async check(): Promise<void> {
    const runId = this.#runId
    if (runId === null) return
    const journal = await this.#session.call((core) => core.playbooks.journal({ runId }))
    if (!journal.intact) this.breaches.push(`The journal is broken at entry ${journal.brokenAt}.`)
    const run = await this.#session.call((core) => core.playbooks.run({ runId }))
    for (const { id, state } of run.steps)
      if (state === 'succeeded' && !journal.entries.some(({ kind, step }) => kind === 'step-succeeded' && step === id))
        this.breaches.push(`Step ${id} succeeded and the journal does not say so.`)
    if (run.state !== 'succeeded') return
    const { lines } = await this.#session.call((core) => core.playbooks.output({ runId, afterSeq: 0, limit: 2000 }))
    const printed = lines.filter(({ step, stream }) => step === 'count' && stream === 'stdout').map(({ text }) => text)
    const expected = Array.from({ length: LAST }, (_, i) => `line ${i + 1}`)
    if (printed.join() !== expected.join())
      this.breaches.push(`The output of the command is told as ${printed.join(', ')}.`)
  }
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
