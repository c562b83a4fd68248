import { stringify } from 'yaml'
import {
  byHandOf,
  type HandedAction,
  type HandedCommand,
  type HandedHost,
  type HandedStep,
  type Handover,
  type Text,
} from './model.ts'
import { comment, laterVariable, secretVariable } from './shell-pieces.ts'

type Task = Record<string, unknown>

/**
 * The work as one Ansible playbook (2.14 or newer), modules of ansible.builtin only. Commands are the very texts that a
 * run sends; files, settings, waits and questions use the modules for them; what has no counterpart is a pause that says
 * so. Secrets are prompts. The servers are added in the first play, so that no inventory is needed.
 */
export function ansiblePlaybook(handover: Handover): string {
  const plays: unknown[] = [firstPlay(handover)]
  for (const step of handover.steps) plays.push(...playsOf(step, handover))
  return `${head(handover)}\n${stringify(plays, { lineWidth: 0, version: '1.1' })}`
}

function head(handover: Handover): string {
  const byHand = byHandOf(handover)
  return comment(
    [
      handover.title,
      '',
      ...handover.summary.split('\n'),
      '',
      `Made by Headroom from the playbook "${handover.playbookId}" at ${new Date(handover.at).toISOString()}, with its values of then.`,
      'Run it with: ansible-playbook FILE',
      'Secrets are asked for; with --extra-vars they can be given as a file.',
      ...handover.irreversible.map((line) => `Cannot be undone: ${line}`),
      ...(byHand.length > 0 ? [`Done by hand, where the playbook pauses: ${byHand.join('; ')}.`] : []),
      'Host keys are verified by ssh: connect to each server once before.',
    ].join('\n'),
  )
}

const HOSTS = "hostvars['localhost']"
const group = (host: HandedHost): string => `headroom_${host.id.replace(/[^A-Za-z0-9]/g, '_')}`

function firstPlay(handover: Handover): unknown {
  const names = handover.secrets.flatMap(({ name, label, lines }) =>
    Array.from({ length: lines }, (_, line) => ({
      name: `asked_${secretVariable(name, line)}`,
      prompt: lines === 1 ? label : `${label}, line ${line + 1} of ${lines}`,
      private: true,
      unsafe: true,
    })),
  )
  return {
    name: 'Servers and secrets',
    hosts: 'localhost',
    connection: 'local',
    gather_facts: false,
    ...(names.length > 0 && { vars_prompt: names }),
    tasks: [
      ...handover.hosts.map((host) => ({
        name: `Add ${literal(host.name)}`,
        'ansible.builtin.add_host': {
          name: group(host),
          ...(host.ssh === null
            ? { ansible_connection: 'local', ansible_python_interpreter: '{{ ansible_playbook_python }}' }
            : {
                ansible_host: host.ssh.address,
                ...(host.ssh.port !== null && { ansible_port: host.ssh.port }),
                ...(host.ssh.user !== null && { ansible_user: host.ssh.user }),
                ...(host.ssh.keyPath !== null && { ansible_ssh_private_key_file: host.ssh.keyPath }),
              }),
        },
        changed_when: false,
      })),
      ...(names.length > 0
        ? [
            {
              name: 'Keep the secrets for the plays below',
              'ansible.builtin.set_fact': Object.fromEntries(
                names.map(({ name }) => [name.replace(/^asked_/, ''), `{{ ${name} }}`]),
              ),
              no_log: true,
            },
          ]
        : []),
    ],
  }
}

function playsOf(step: HandedStep, handover: Handover): unknown[] {
  if (step.condition?.holds === 'no') return []
  const byHost = new Map<string, Task[]>()
  const here: Task[] = []
  for (const action of step.actions) {
    const { hostId, tasks } = tasksOf(action, step, handover)
    if (hostId === null) here.push(...tasks)
    else byHost.set(hostId, [...(byHost.get(hostId) ?? []), ...tasks])
  }
  const ask: Task[] = []
  if (step.condition?.holds === 'unknown')
    ask.push(pause(`"${step.name}" is done only if ${step.condition.text}. Press Ctrl+C and A where that is not so.`))
  if (step.irreversible) ask.push(pause(`"${step.name}" cannot be undone. Press Enter to go on, Ctrl+C and A to stop.`))
  const title = `${step.number}. ${step.name}`
  const play = (name: string, hosts: string, tasks: Task[]) => ({
    name: literal(name),
    hosts,
    gather_facts: false,
    any_errors_fatal: true,
    tasks,
  })
  const plays: unknown[] = []
  if (ask.length > 0 || here.length > 0)
    plays.push({ ...play(title, 'localhost', [...ask, ...here]), connection: 'local' })
  for (const [hostId, tasks] of byHost) {
    const host = handover.hosts.find((one) => one.id === hostId)
    if (host) plays.push(play(`${title} (${host.name})`, group(host), tasks))
  }
  return plays
}

function tasksOf(action: HandedAction, step: HandedStep, handover: Handover): { hostId: string | null; tasks: Task[] } {
  const name = literal(step.name)
  switch (action.do) {
    case 'run':
      return { hostId: action.run.hostId, tasks: runTasks(action, step, name) }
    case 'file':
      return {
        hostId: action.hostId,
        tasks: [
          ...plainSecretTasks(action),
          ...folderTasks(action, name),
          {
            name,
            'ansible.builtin.copy': {
              content: jinja(action.content),
              dest: literal(action.path),
              ...(action.mode !== null ? { mode: action.mode } : { mode: 'preserve' }),
              ...ownerOf(action.owner),
              backup: true,
            },
            ...(action.mode === null && {}),
            ...become(action.sudo),
            ...hidden(action.content),
          },
        ].map((task) => withNewMode(task, action)),
      }
    case 'upload':
      return {
        hostId: action.hostId,
        tasks: [
          {
            name: `${name}: the file is the one that was reviewed`,
            'ansible.builtin.assert': {
              that: [
                `(lookup('ansible.builtin.pipe', 'sha256sum < ' ~ (${jinjaString(action.from)} | quote)))[:64] == '${action.sha256}'`,
              ],
              quiet: true,
            },
          },
          ...folderTasks(action, name),
          {
            name,
            'ansible.builtin.copy': {
              src: literal(action.from),
              dest: literal(action.path),
              mode: action.mode ?? action.newMode,
              ...ownerOf(action.owner),
              backup: true,
            },
            ...become(action.sudo),
          },
        ],
      }
    case 'settings':
      return { hostId: action.hostId, tasks: settingTasks(action, name) }
    case 'wait':
      return {
        hostId: action.command.hostId,
        tasks: [
          {
            name: literal(`Wait until ${action.what}`),
            ...command(action.command),
            register: 'headroom_wait',
            until:
              action.output === null
                ? 'headroom_wait.rc == 0'
                : `headroom_wait.stdout | trim == ${jinjaString(action.output)}`,
            retries: Math.max(1, Math.ceil(action.forS / Math.max(1, action.everyS))),
            delay: Math.max(1, Math.round(action.everyS)),
            changed_when: false,
            failed_when:
              action.output === null
                ? 'headroom_wait.rc != 0'
                : `headroom_wait.stdout | trim != ${jinjaString(action.output)}`,
          },
        ],
      }
    case 'port':
      return {
        hostId: action.hostId,
        tasks: [
          {
            name: literal(`Wait for port ${action.port}`),
            'ansible.builtin.wait_for': {
              host: literal(action.address),
              port: action.port,
              timeout: Math.ceil(action.forS),
            },
          },
        ],
      }
    case 'http':
      return {
        hostId: null,
        tasks: [
          {
            name,
            'ansible.builtin.uri': { url: literal(action.url), status_code: action.status, follow_redirects: 'none' },
            register: 'headroom_http',
            until: 'headroom_http is success',
            retries: Math.max(1, Math.ceil(action.forS)),
            delay: 1,
          },
        ],
      }
    case 'ask': {
      const question = jinja(action.text)
      if (action.kind === 'approve' && action.type !== null)
        return {
          hostId: null,
          tasks: [
            {
              name,
              'ansible.builtin.pause': { prompt: `${question}\n${literal(`Type ${action.type} to agree`)}` },
              register: 'headroom_answer',
            },
            {
              name: 'It was agreed to',
              'ansible.builtin.assert': {
                that: [`headroom_answer.user_input == ${jinjaString(action.type)}`],
                quiet: true,
              },
            },
          ],
        }
      return {
        hostId: null,
        tasks: [
          {
            name,
            'ansible.builtin.pause': { prompt: `${question}\nPress Enter when it is done, Ctrl+C and A to stop` },
          },
        ],
      }
    }
    case 'sequence':
      return {
        hostId: action.commands[0]?.hostId ?? null,
        tasks: [
          ...action.commands.map((one) => ({ name, ...command(one), changed_when: true, ...hiddenCommand(one) })),
          ...action.look.map((one) => ({
            name: `${name}: how it came out`,
            ...command(one),
            register: 'headroom_look',
            changed_when: false,
            failed_when: false,
          })),
        ],
      }
    case 'database':
      return {
        hostId: null,
        tasks: [
          pause(
            `BY HAND, ${step.name}: Ansible has no module that moves a database and compares both sides. Use the shell script of the same playbook for this step. Press Enter when it is done, Ctrl+C and A to stop`,
            `BY HAND: ${step.name}`,
          ),
        ],
      }
    case 'by-hand':
      return {
        hostId: null,
        tasks: [
          pause(
            [
              `BY HAND, ${step.name}: ${action.why}`,
              ...action.commands.map(({ host, purpose, text }) => `${nameIn(handover, host)} (${purpose}): ${text}`),
              ...(action.diff === '' ? [] : [action.diff]),
              'Press Enter when it is done, Ctrl+C and A to stop',
            ].join('\n'),
            `BY HAND: ${step.name}`,
          ),
        ],
      }
  }
}

const nameIn = (handover: Handover, host: string): string => handover.hosts.find(({ id }) => id === host)?.name ?? host

function runTasks(action: Extract<HandedAction, { do: 'run' }>, step: HandedStep, name: string): Task[] {
  const tasks: Task[] = []
  const checked = `headroom_check_${step.number}`
  if (action.check)
    tasks.push({
      name: `${name}: is it done already?`,
      ...command(action.check),
      register: checked,
      changed_when: false,
      failed_when: false,
      ...hiddenCommand(action.check),
    })
  const unless = action.check ? { when: `${checked}.rc != 0` } : {}
  const output = `headroom_out_${step.number}`
  tasks.push({
    name,
    ...command(action.run),
    ...(action.register.length > 0 && { register: output }),
    ...(action.retries > 0 && {
      register: output,
      until: `${output}.rc == 0`,
      retries: action.retries,
      delay: action.delayS,
    }),
    changed_when: true,
    ...unless,
    ...(action.optional && { ignore_errors: true }),
    ...(action.register.some(({ secret }) => secret) ? { no_log: true } : hiddenCommand(action.run)),
  })
  for (const { variable, how, secret } of action.register)
    tasks.push({
      name: `${name}: keep ${variable.split('.').at(-1)?.split('@')[0]}`,
      'ansible.builtin.set_fact': { [laterVariable(variable)]: `{{ ${taken(output, how)} }}` },
      delegate_to: 'localhost',
      delegate_facts: true,
      ...unless,
      ...(secret && { no_log: true }),
    })
  if (action.verify)
    tasks.push({
      name: `${name}: did it work?`,
      ...command(action.verify),
      changed_when: false,
      ...unless,
      ...(action.optional && { ignore_errors: true }),
      ...hiddenCommand(action.verify),
    })
  return tasks
}

/** What a step leaves of its output, as a Jinja expression. */
function taken(output: string, how: 'trim' | { regex?: string; json?: string }): string {
  let found = `${output}.stdout | trim`
  if (how === 'trim') return found
  if (how.json !== undefined) {
    const path = how.json.replace(/^\$\.?/, '')
    found = `(${found} | from_json)${path.startsWith('[') || path === '' ? path : `.${path}`}`
  }
  if (how.regex === undefined) return found
  const group = /(^|[^\\])\((?!\?)/.test(how.regex) ? `, ${jinjaString('\\1')}` : ''
  const search = `(${found} | string | regex_search(${jinjaString(how.regex)}${group}, multiline=True))`
  return group === '' ? search : `${search}[0]`
}

function settingTasks(action: Extract<HandedAction, { do: 'settings' }>, name: string): Task[] {
  const file = { path: literal(action.path), ...(action.create && { create: true }), backup: true }
  const tasks: Task[] = []
  for (const { name: key, value } of action.set) {
    const secret = value.some((piece) => !('text' in piece))
    const plain = value.every((piece) => 'text' in piece)
      ? value.map((piece) => ('text' in piece ? piece.text : '')).join('')
      : null
    const expression = jinja(value)
    tasks.push({
      name: `${name}: ${key}`,
      'ansible.builtin.lineinfile': {
        ...file,
        regexp: `^\\s*(?:export\\s+)?${key}\\s*=`,
        line: plain === null ? `${key}={{ headroom_quoted }}` : literal(`${key}=${envQuoted(plain)}`),
      },
      ...(plain === null && { vars: { headroom_value: expression, headroom_quoted: QUOTED } }),
      ...become(action.sudo),
      ...(secret && { no_log: true }),
    })
  }
  for (const key of action.remove)
    tasks.push({
      name: `${name}: remove ${key}`,
      'ansible.builtin.lineinfile': {
        path: literal(action.path),
        regexp: `^\\s*(?:export\\s+)?${key}\\s*=`,
        state: 'absent',
        backup: true,
      },
      ...become(action.sudo),
    })
  if (action.create && tasks.length > 0)
    tasks.unshift({
      name: `${name}: the file is there`,
      'ansible.builtin.copy': { content: '', dest: literal(action.path), force: false, mode: action.newMode },
      ...become(action.sudo),
    })
  return tasks
}

const envQuoted = (value: string): string =>
  /^[A-Za-z0-9_@%+:,./=-]*$/.test(value)
    ? value
    : value.includes("'")
      ? `"${value.replace(/[\\"$`]/g, '\\$&')}"`
      : `'${value}'`

/** The same for a value that is known only when it runs. */
const QUOTED = [
  `{{ headroom_value if headroom_value is match(${jinjaString('^[A-Za-z0-9_@%+:,./=-]*$')})`,
  `else (${jinjaString('"')} ~ (headroom_value | regex_replace(${jinjaString('([\\\\"$`])')}, ${jinjaString('\\\\\\1')})) ~ ${jinjaString('"')})`,
  `if ${jinjaString("'")} in headroom_value else ${jinjaString("'")} ~ headroom_value ~ ${jinjaString("'")} }}`,
].join(' ')

function plainSecretTasks(action: Extract<HandedAction, { do: 'file' }>): Task[] {
  if (!action.plainSecrets) return []
  return action.content.flatMap((piece) =>
    'secret' in piece
      ? [
          {
            name: `${piece.secret} can stand in this file as it is`,
            'ansible.builtin.assert': {
              that: [`${HOSTS}.${secretVariable(piece.secret, piece.line)} is match('^[A-Za-z0-9_./@+-]*$')`],
              quiet: true,
            },
            no_log: true,
          },
        ]
      : [],
  )
}

function folderTasks(action: { folders: boolean; path: string; sudo: boolean }, name: string): Task[] {
  if (!action.folders) return []
  return [
    {
      name: `${name}: its folder`,
      'ansible.builtin.file': {
        path: literal(action.path.slice(0, action.path.lastIndexOf('/')) || '/'),
        state: 'directory',
      },
      ...become(action.sudo),
    },
  ]
}

/** Without a mode stated, a file keeps the one it has, and a new one gets that for new files. */
function withNewMode(task: Task, action: { mode: string | null; newMode: string; path: string }): Task {
  const copy = task['ansible.builtin.copy'] as Record<string, unknown> | undefined
  if (!copy || action.mode !== null) return task
  const { mode: _mode, ...rest } = copy
  return { ...task, 'ansible.builtin.copy': { ...rest, mode: action.newMode } }
}

const ownerOf = (owner: string | null): Record<string, string> => {
  if (owner === null) return {}
  const [user = '', group] = owner.split(':')
  return { owner: user, ...(group !== undefined && { group }) }
}
const become = (sudo: boolean): Record<string, unknown> => (sudo ? { become: true } : {})
const hidden = (text: Text): Record<string, unknown> =>
  text.some((piece) => 'secret' in piece) ? { no_log: true } : {}
const hiddenCommand = ({ stdin }: HandedCommand): Record<string, unknown> => (stdin === null ? {} : hidden(stdin))

/** The text as a run sends it, given to the server's shell; standard input exactly as it is. */
function command({ text, stdin }: HandedCommand): Task {
  return {
    'ansible.builtin.command': {
      argv: ['sh', '-c', jinja(text)],
      ...(stdin !== null && { stdin: jinja(stdin), stdin_add_newline: false }),
    },
  }
}

const pause = (text: string, name = 'A question'): Task => ({
  name: literal(name),
  'ansible.builtin.pause': { prompt: literal(text) },
})

/** A text within an expression. Ansible has backslashes in there mean themselves, so no quote can be escaped by one. */
function jinjaString(text: string): string {
  if (!text.includes("'")) return `'${text}'`
  if (!text.includes('"')) return `"${text}"`
  return `(${text
    .split(/(")/)
    .filter((part) => part !== '')
    .map((part) => (part === '"' ? `'"'` : `"${part}"`))
    .join(' ~ ')})`
}

/** Text in which Ansible sees no expression. */
function literal(text: string): string {
  return /\{[{%#]/.test(text)
    ? `{% raw %}${text.replaceAll('{% endraw', "{% endraw %}{{ '{% endraw' }}{% raw %}")}{% endraw %}`
    : text
}

function jinja(text: Text): string {
  return text
    .map((piece) => {
      if ('text' in piece) return literal(piece.text)
      const variable = 'secret' in piece ? secretVariable(piece.secret, piece.line) : laterVariable(piece.later)
      const quoted = ` | replace(${jinjaString("'")}, ${jinjaString("'\\''")})`.repeat(piece.quoted)
      return `{{ ${HOSTS}.${variable}${quoted} }}`
    })
    .join('')
}
