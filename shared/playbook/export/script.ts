import type { HandedAction, HandedCommand, HandedHost, HandedStep, Handover } from './model.ts'
import { byHandOf } from './model.ts'
import { editSettings, writeFile } from './script-remote.ts'
import { comment, laterVariable, quote, secretVariable, word } from './shell-pieces.ts'

/**
 * The work as a POSIX shell script for the computer at hand: it reaches the servers through `ssh`, verifies their keys
 * against those that are known now, checks before it acts, stops at the first failure and asks before what cannot be
 * undone. It holds no secret: each is asked for, or read from standard input where that is no terminal.
 */
export function shellScript(handover: Handover): string {
  const needs = needed(handover)
  const used = handover.hosts
  return [
    '#!/bin/sh',
    head(handover),
    '# Not every script uses all of what follows.',
    '# shellcheck disable=SC2034',
    'set -u',
    PREAMBLE,
    used.some(({ ssh }) => ssh !== null) ? knownHosts(used) : '',
    ...used.map(hostFunction),
    ...needs.map((program) => `command -v ${program} >/dev/null 2>&1 || stop 'this script needs ${program}'`),
    ...secrets(handover),
    ...handover.steps.map((step) => stepText(step, handover)),
    `say ${quote(`Done: ${handover.title}.`)}`,
    '',
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function head(handover: Handover): string {
  const byHand = byHandOf(handover)
  const lines = [
    handover.title,
    '',
    ...handover.summary.split('\n'),
    '',
    `Made by Headroom from the playbook "${handover.playbookId}" at ${new Date(handover.at).toISOString()}, with its values of then.`,
    `Servers: ${handover.hosts.map(({ name }) => name).join(', ') || 'none'}.`,
    `Downtime: ${handover.downtime}.`,
    ...handover.effects.map((line) => `Effect: ${line}`),
    ...handover.irreversible.map((line) => `Cannot be undone: ${line}`),
    ...(byHand.length > 0 ? ['', `You do these by hand; the script says when: ${byHand.join('; ')}.`] : []),
    '',
    'Run it with: sh FILE          It asks before what cannot be undone.',
    '             sh FILE --yes    Answers those questions with yes; steps for a person are still asked.',
    '             sh FILE --from N Begins at step N, where an earlier run of this script stopped. Values that',
    '                              earlier steps print are then asked for.',
    ...(handover.secrets.length > 0
      ? ['Secrets are asked for in this order; without a terminal they are read from standard input, a line each:']
      : []),
    ...handover.secrets.map(({ label, lines: count }) => `  ${label}${count > 1 ? ` (${count} lines)` : ''}`),
  ]
  return comment(lines.join('\n'))
}

const PREAMBLE = `
yes=no from=1
while [ $# -gt 0 ]; do
  case $1 in
    --yes) yes=yes ;;
    --from) from=\${2-}; shift; case $from in ''|*[!0-9]*) echo 'Give the number of a step after --from.' >&2; exit 2 ;; esac ;;
    *) echo "There is no option $1." >&2; exit 2 ;;
  esac
  shift
done
work=$(mktemp -d) || exit 73
chmod 700 "$work"
at_end=
finish() { trap - EXIT; [ -z "$at_end" ] || $at_end; rm -rf -- "$work"; }
trap 'stty echo 2>/dev/null; finish' EXIT
trap 'exit 130' HUP INT TERM
say() { printf '%s\\n' "$*"; }
stop() { printf 'Stopped: %s\\n' "$*" >&2; [ -z "\${number-}" ] || printf 'When it is mended, go on with: sh %s --from %s\\n' "$0" "$number" >&2; exit 1; }
# Whether a step is to be done; the number is that of the step.
step() { number=$1; [ "$1" -ge "$from" ] || { say "Step $1 is left out (--from $from): $2"; return 1; }; say ''; say "Step $1: $2"; }
answer() { if [ -r /dev/tty ] && [ -t 1 ]; then IFS= read -r reply </dev/tty; else IFS= read -r reply; fi || stop 'there was no answer'; }
# Before what cannot be undone.
confirm() { [ $yes = no ] || return 0; printf '%s [y/N] ' "$1"; answer; case $reply in y|Y|yes) ;; *) stop 'you said no' ;; esac; }
person() { printf '%s\\nDone? [y/N] ' "$1"; answer; case $reply in y|Y|yes) ;; *) stop 'it is not done' ;; esac; }
within_quotes() { printf '%s' "$1" | sed "s/'/'\\\\\\\\''/g"; }
secret() {
  if [ -t 0 ]; then
    printf '%s: ' "$1" >&2; stty -echo; IFS= read -r given; got=$?; stty echo; printf '\\n' >&2
  else IFS= read -r given; got=$?; fi
  [ $got -eq 0 ] || stop "no value was given for $1"
}
# A secret that stands in JSON, YAML or an env file.
plain_secret() { case $2 in *[!A-Za-z0-9_./@+-]*) stop "$1 has characters that have to be quoted in this file: write it by hand" ;; esac; }
# A setting in each form that it may take: where there is none yet, within double quotes, within single quotes.
env_line() {
  double="\\"$(printf '%s' "$2" | sed 's/[\\\\"$\`]/\\\\&/g')\\""
  case $2 in *"'"*) single=$double ;; *) single="'$2'" ;; esac
  case $2 in *[!A-Za-z0-9_@%+:,./=-]*) plain=$single ;; *) plain=$2 ;; esac
  printf '=%s=%s\\n"%s=%s\\n'"'"'%s=%s\\n' "$1" "$plain" "$1" "$double" "$1" "$single"
}
trimmed() {
  text=$(cat "$1"); text=\${text#"\${text%%[![:space:]]*}"}; printf '%s' "\${text%"\${text##*[![:space:]]}"}"
}
digest() { if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1; }`

const fn = (id: string, hosts: readonly HandedHost[]): string => `on_${hosts.findIndex((host) => host.id === id) + 1}`

/** The keys that were known when the script was made; no other is taken. */
function knownHosts(hosts: readonly HandedHost[]): string {
  const lines = [...new Set(hosts.flatMap(({ ssh }) => ssh?.knownHosts ?? []))]
  if (lines.length === 0) return ''
  return `cat >"$work/known_hosts" <<'HEADROOM_KEYS'\n${lines.join('\n')}\nHEADROOM_KEYS`
}

function hostFunction(host: HandedHost, index: number): string {
  const name = `on_${index + 1}`
  if (host.ssh === null) return `# ${host.name}\n${name}() { sh -c "$1"; }`
  const { user, address, port, keyPath, configured, knownHosts: keys } = host.ssh
  const options = [
    ...(configured || keys.length === 0
      ? []
      : ['-o StrictHostKeyChecking=yes', '-o UserKnownHostsFile="$work/known_hosts"']),
    '-o ServerAliveInterval=15',
    ...(port === null ? [] : [`-p ${port}`]),
    ...(keyPath === null ? [] : [`-i ${quote(keyPath)}`]),
    ...(user === null ? [] : [`-l ${quote(user)}`]),
  ]
  return `${comment(host.name)}\n${name}() { ssh ${options.join(' ')} -- ${quote(address)} "$1"; }`
}

function needed({ steps }: Handover): string[] {
  const found = new Set<string>()
  for (const action of steps.flatMap(({ actions }) => actions)) {
    if (action.do === 'http') found.add('curl')
    if (action.do !== 'run') continue
    for (const { how } of action.register) {
      if (how === 'trim') continue
      if (how.json !== undefined) found.add('jq')
      if (how.regex !== undefined) found.add('perl')
    }
  }
  return [...found].sort()
}

function secrets({ secrets: all }: Handover): string[] {
  return all.flatMap(({ name, label, lines }) =>
    Array.from({ length: lines }, (_, line) => {
      const what = lines === 1 ? label : `${label}, line ${line + 1} of ${lines}`
      return `secret ${quote(what)}; ${secretVariable(name, line)}=$given`
    }),
  )
}

function stepText(step: HandedStep, handover: Handover): string {
  const rule = '-'.repeat(Math.max(4, 72 - step.name.length))
  const lines = [
    '',
    comment(`${step.number}. ${step.name} ${rule}`),
    ...step.notes.map((note) => comment(note)),
    ...(step.alreadyDone ? [comment('It was done already when this script was made.')] : []),
  ]
  if (step.condition?.holds === 'no')
    return [...lines, comment(`Left out: ${step.condition.text} does not hold.`)].join('\n')
  const registered = step.actions.flatMap((action) =>
    action.do === 'run' ? action.register.map(({ variable, secret }) => ({ variable, secret })) : [],
  )
  const body = step.actions.map((action) => actionText(action, step, handover)).join('\n')
  const asked = registered.map(
    ({ variable }) =>
      `secret ${quote(`${variable} (it was printed by step ${step.number})`)}; ${laterVariable(variable)}=$given`,
  )
  lines.push(
    `if step ${step.number} ${quote(step.name)}; then`,
    ...(step.condition?.holds === 'unknown'
      ? [
          `printf '%s [y/N] ' ${quote(`It is done only if ${step.condition.text}. Is that so?`)}`,
          'answer',
          'case $reply in y|Y|yes)',
        ]
      : []),
    ...(step.irreversible ? [`confirm ${quote(`"${step.name}" cannot be undone. Go on?`)}`] : []),
    body === '' ? ':' : body,
    ...(step.condition?.holds === 'unknown' ? [';;', "*) say 'It is left out.' ;;", 'esac'] : []),
    ...(asked.length > 0 ? ['else', ...asked] : []),
    'fi',
  )
  return lines.join('\n')
}

function actionText(action: HandedAction, step: HandedStep, handover: Handover): string {
  const { hosts } = handover
  const nameOf = (id: string) => hosts.find((host) => host.id === id)?.name ?? id
  const call = ({ hostId, text, stdin }: HandedCommand) =>
    `${stdin === null ? '' : `printf '%s' ${word(stdin)} | `}${fn(hostId, hosts)} ${word(text)}${stdin === null ? ' </dev/null' : ''}`
  const failed = (host: string) => `stop ${quote(`"${step.name}" failed on ${host}`)}`
  switch (action.do) {
    case 'run':
      return runText(action, step, { call, nameOf })
    case 'file':
    case 'upload': {
      const host = nameOf(action.hostId)
      const remote = asRoot(writeFile(action, quote), action.sudo)
      const lines = [comment(`${host}: ${action.path}`)]
      if (action.do === 'upload')
        lines.push(
          `[ "$(digest ${quote(action.from)})" = ${action.sha256} ] || stop ${quote(`${action.from} is not the file that was reviewed`)}`,
          `${fn(action.hostId, hosts)} ${quote(remote)} <${quote(action.from)} || ${failed(host)}`,
        )
      else {
        if (action.plainSecrets)
          for (const piece of action.content)
            if ('secret' in piece)
              lines.push(`plain_secret ${quote(piece.secret)} "$${secretVariable(piece.secret, piece.line)}"`)
        lines.push(
          `printf '%s' ${word(action.content)} | ${fn(action.hostId, hosts)} ${quote(remote)} || ${failed(host)}`,
        )
      }
      return lines.join('\n')
    }
    case 'settings': {
      const host = nameOf(action.hostId)
      const lines = [
        ...action.set.map(({ name, value }) => `  env_line ${name} ${word(value)}`),
        ...action.remove.map((name) => `  printf '%s\\n' ${quote(`-${name}`)}`),
      ]
      const remote = asRoot(editSettings(action.path, action.create, action.newMode, quote), action.sudo)
      return `${comment(`${host}: ${action.path}`)}\n{\n${lines.join('\n')}\n} | ${fn(action.hostId, hosts)} ${quote(remote)} || ${failed(host)}`
    }
    case 'wait': {
      const test =
        action.output === null
          ? `${call(action.command)} >/dev/null`
          : `[ "$(${call(action.command)})" = ${quote(action.output)} ]`
      return waiting(test, action.what, action.everyS, action.forS)
    }
    case 'port': {
      const test = `${fn(action.hostId, hosts)} ${quote(portTest(action.address, action.port))} </dev/null 2>/dev/null`
      const what = `${action.address} port ${action.port} accepts connections on ${nameOf(action.hostId)}`
      return waiting(test, what, 2, action.forS)
    }
    case 'http':
      return waiting(
        `[ "$(curl -sS -o /dev/null -m 10 -w '%{http_code}' -- ${quote(action.url)})" = ${action.status} ]`,
        `${action.url} answers ${action.status}`,
        1,
        action.forS,
      )
    case 'ask':
      if (action.kind === 'manual') return `person ${word(action.text)}`
      return action.type === null
        ? `person ${word(action.text)}`
        : `printf '%s\\n%s ' ${word(action.text)} ${quote(`Type ${action.type} to agree:`)}; answer; [ "$reply" = ${quote(action.type)} ] || stop 'it was not agreed to'`
    case 'database':
      return databaseText(action, step, { call, nameOf, fn: (id) => fn(id, hosts) })
    case 'sequence':
      return [
        ...action.commands.map((one) => `${call(one)} || ${failed(nameOf(one.hostId))}`),
        ...action.look.map((one) => `${call(one)} || :`),
        `person ${quote(`See above whether "${step.name}" came out as wanted.`)}`,
      ].join('\n')
    case 'by-hand':
      return [
        comment(`BY HAND: ${action.why}`),
        ...action.commands.map(({ host, purpose, text }) => comment(`${host} (${purpose}): ${text}`, '  ')),
        ...(action.diff === '' ? [] : [comment(action.diff, '  ')]),
        `person ${quote(`By hand: ${step.name}. ${action.why} What Headroom would do stands as a comment in this script.`)}`,
      ].join('\n')
  }
}

interface Tools {
  call(command: HandedCommand): string
  nameOf(id: string): string
}

function runText(action: Extract<HandedAction, { do: 'run' }>, step: HandedStep, { call, nameOf }: Tools): string {
  const host = nameOf(action.run.hostId)
  const failed = (what: string) =>
    action.optional
      ? `say ${quote(`${what} failed on ${host}, which is optional`)}`
      : `stop ${quote(`${what} failed on ${host}`)}`
  const lines: string[] = []
  const captures = action.register.length > 0
  const once = captures
    ? `${call(action.run)} >"$work/out"${action.register.some(({ secret }) => secret) ? '' : ' && cat "$work/out"'}`
    : call(action.run)
  if (action.retries === 0) lines.push(`${once} || ${failed(`"${step.name}"`)}`)
  else
    lines.push(
      'try=0',
      `until ${once}; do`,
      `  try=$((try + 1)); [ $try -le ${action.retries} ] || { ${failed(`"${step.name}"`)}; break; }`,
      `  sleep ${action.delayS}`,
      'done',
    )
  for (const { variable, how } of action.register) lines.push(registerText(variable, how))
  if (captures) lines.push('rm -f "$work/out"')
  if (action.verify) lines.push(`${call(action.verify)} || ${failed(`the proof of "${step.name}"`)}`)
  if (!action.check) return [comment(host), ...lines].join('\n')
  return [
    comment(host),
    `if ${call(action.check)} >/dev/null 2>&1; then say ${quote(`${host}: done already`)}; else`,
    ...lines,
    'fi',
  ].join('\n')
}

function registerText(variable: string, how: 'trim' | { regex?: string; json?: string }): string {
  const name = laterVariable(variable)
  const take = [how === 'trim' ? 'trimmed "$work/out"' : 'cat "$work/out"']
  if (how !== 'trim' && how.json !== undefined) take.push(`jq -r ${quote(jqPath(how.json))}`)
  if (how !== 'trim' && how.regex !== undefined)
    take.push(
      `HEADROOM_RE=${quote(how.regex)} perl -0777 -ne 'if (/$ENV{HEADROOM_RE}/m) { print defined $1 ? $1 : $& } else { exit 1 }'`,
    )
  return `${name}=$(${take.join(' | ')}) || stop ${quote(`there is no value for ${variable} in what was printed`)}`
}

/** The same paths, as jq writes them; `strings` come bare by -r, everything else as JSON. */
const jqPath = (path: string): string => {
  const bare = path.replace(/^\$/, '')
  const keys = bare.replace(/\['([^']+)'\]/g, (_all, key: string) => `[${JSON.stringify(key)}]`)
  return `${keys.startsWith('.') || keys.startsWith('[') ? '' : '.'}${keys.startsWith('[') ? '.' : ''}${keys} // error("nothing there")`
}

const waiting = (test: string, what: string, everyS: number, forS: number): string =>
  [
    comment(`Waits up to ${forS} s.`),
    `until_s=$(($(date +%s) + ${Math.ceil(forS)}))`,
    `until ${test}; do`,
    `  [ "$(date +%s)" -lt "$until_s" ] || stop ${quote(`it did not come about that ${what}`)}`,
    `  sleep ${Math.max(1, Math.round(everyS))}`,
    'done',
  ].join('\n')

/** Without a program of its own on the server where bash or nc is there. */
const portTest = (address: string, port: number): string =>
  `if command -v nc >/dev/null 2>&1; then nc -z -w 5 ${quote(address)} ${port}; else bash -c ${quote(`exec 3<>/dev/tcp/${address}/${port}`)}; fi`

const asRoot = (text: string, sudo: boolean): string => (sudo ? `sudo -n -- sh -c ${quote(text)}` : text)

function databaseText(
  action: Extract<HandedAction, { do: 'database' }>,
  step: HandedStep,
  { call, nameOf }: Tools & { fn(id: string): string },
): string {
  const source = nameOf(action.sourceId)
  const target = nameOf(action.targetId)
  const stop = (what: string) => `stop ${quote(`${what} ("${step.name}")`)}`
  return [
    ...(action.freeze
      ? [
          comment(`Writes to the source are stopped; they are let in again however this script ends.`),
          `thaw() { ${action.thaw ? call(action.thaw) : ':'} >/dev/null || say ${quote(`MIND: the source on ${source} may still be read-only`)}; }`,
          'at_end=thaw',
          `${call(action.freeze)} >/dev/null || ${stop(`writes on ${source} could not be stopped`)}`,
        ]
      : []),
    ...(action.create
      ? [`${call(action.create)} >/dev/null || ${stop(`the database on ${target} was not made`)}`]
      : []),
    comment(
      'The data goes through this computer. A pipe tells only how its last part ended, so the first writes it down.',
    ),
    `rm -f "$work/dumped"`,
    `{ ${call(action.dump)} && : >"$work/dumped"; } | ${callPiped(action.load, call)} || ${stop('the copy failed')}`,
    `[ -e "$work/dumped" ] || ${stop('reading the source failed')}`,
    comment('Rows and checksums of every table, sequences, and the kinds of objects, on both sides.'),
    `${call(action.countSource)} >"$work/source" || ${stop(`counting on ${source} failed`)}`,
    `${call(action.countTarget)} >"$work/target" || ${stop(`counting on ${target} failed`)}`,
    `grep '^{' "$work/source" | sort >"$work/source.lines"; grep '^{' "$work/target" | sort >"$work/target.lines"`,
    `[ -s "$work/source.lines" ] || ${stop('nothing was counted')}`,
    `diff "$work/source.lines" "$work/target.lines" || ${stop('the two sides differ')}`,
    `say 'Both sides are equal.'`,
    ...(action.freeze ? ['thaw', 'at_end='] : []),
  ].join('\n')
}

/** The command with what it is sent before it taken first, then what comes through the pipe. */
function callPiped(command: HandedCommand, call: Tools['call']): string {
  const plain = call({ ...command, stdin: null }).replace(/ <\/dev\/null$/, '')
  return command.stdin === null ? plain : `{ printf '%s' ${word(command.stdin)}; cat; } | ${plain}`
}
