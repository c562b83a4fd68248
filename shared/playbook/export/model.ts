/**
 * A playbook with its values, as a person could do it: what the exports are written from. Texts are cut where a secret or
 * a later value stands, so that neither is in what is handed over, and each is quoted for its place when it is put in.
 */
export type Piece =
  | { text: string }
  /** The line of a secret, counted from 0. `quoted`: how many pairs of single quotes of shell text it stands in. */
  | { secret: string; line: number; quoted: number }
  /** What a step printed on a server. */
  | { later: string; quoted: number }
export type Text = readonly Piece[]

export interface HandedHost {
  id: string
  name: string
  local: boolean
  /** Null for this computer. */
  ssh: {
    user: string | null
    address: string
    port: number | null
    keyPath: string | null
    knownHosts: string[]
    /** The name stands in the SSH configuration, which says the rest. */
    configured: boolean
  } | null
}

export interface HandedSecret {
  name: string
  label: string
  lines: number
}

export interface HandedCommand {
  hostId: string
  /** Exactly what is sent to the server's shell. */
  text: Text
  stdin: Text | null
}

export type HandedAction =
  | {
      do: 'run'
      check: HandedCommand | null
      run: HandedCommand
      verify: HandedCommand | null
      register: { variable: string; how: 'trim' | { regex?: string; json?: string }; secret: boolean }[]
      retries: number
      delayS: number
      optional: boolean
    }
  | {
      do: 'file'
      hostId: string
      path: string
      mode: string | null
      newMode: string
      owner: string | null
      sudo: boolean
      folders: boolean
      content: Text
      /** Secrets stand in a syntax where only these may go in as they are. */
      plainSecrets: boolean
    }
  | {
      do: 'upload'
      hostId: string
      from: string
      sha256: string
      path: string
      mode: string | null
      newMode: string
      owner: string | null
      sudo: boolean
      folders: boolean
    }
  | {
      do: 'settings'
      hostId: string
      path: string
      sudo: boolean
      create: boolean
      newMode: string
      set: { name: string; value: Text }[]
      remove: string[]
    }
  | { do: 'wait'; command: HandedCommand; what: string; output: string | null; everyS: number; forS: number }
  | { do: 'port'; hostId: string; address: string; port: number; forS: number }
  | { do: 'http'; url: string; status: number; forS: number }
  | { do: 'ask'; kind: 'manual' | 'approve'; text: Text; type: string | null }
  | {
      do: 'database'
      sourceId: string
      targetId: string
      freeze: HandedCommand | null
      thaw: HandedCommand | null
      create: HandedCommand | null
      dump: HandedCommand
      load: HandedCommand
      countSource: HandedCommand
      countTarget: HandedCommand
    }
  /** Commands one after the other, whose outcome a person judges. */
  | { do: 'sequence'; commands: HandedCommand[]; look: HandedCommand[] }
  /** No counterpart: what it is, and the commands it would run. */
  | { do: 'by-hand'; why: string; commands: { host: string; purpose: string; text: string }[]; diff: string }

export interface HandedStep {
  number: number
  id: string
  name: string
  notes: string[]
  irreversible: boolean
  alreadyDone: boolean
  /** `unknown`: it turns on a later value, so a person decides; the text of the condition. */
  condition: { holds: 'yes' | 'no' | 'unknown'; text: string } | null
  /** How many servers at once. */
  parallel: number
  actions: HandedAction[]
}

export interface Handover {
  title: string
  playbookId: string
  summary: string
  downtime: string
  effects: string[]
  irreversible: string[]
  /** UTC epoch milliseconds. */
  at: number
  hosts: HandedHost[]
  secrets: HandedSecret[]
  steps: HandedStep[]
}

export const textOf = (text: string): Text => (text === '' ? [] : [{ text }])

/** Names of steps whose work a person has to do. */
export const byHandOf = ({ steps }: Handover): string[] =>
  steps
    .filter(({ condition, actions }) => condition?.holds !== 'no' && actions.some((action) => action.do === 'by-hand'))
    .map(({ number, name }) => `${number}. ${name}`)
