import { stringify } from 'yaml'

/** The settings of k3s that a step writes, in a file of their own beside config.yaml, which stays as it is. */
export const CONFIG_FOLDER = '/etc/rancher/k3s/config.yaml.d'
export const CONFIG_FILE = `${CONFIG_FOLDER}/headroom.yaml`
export const TOKEN_FILE = '/etc/rancher/k3s/headroom-token'

export type Settings = Record<string, string | number | boolean | string[]>

/** The file's text; settings that are empty are left out. */
export function configText(settings: Settings): string {
  const given = Object.fromEntries(
    Object.entries(settings).filter(
      ([, value]) => value !== '' && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  )
  return `# Settings of k3s, written by a playbook. A setting in here holds instead of the same one in config.yaml.\n${Object.keys(given).length === 0 ? '' : stringify(given, { lineWidth: 0 })}`
}

/** A list, or words with commas between them. */
export const listOf = (value: readonly string[] | string | undefined): string[] =>
  (typeof value === 'string' ? value.split(',') : (value ?? [])).map((one) => one.trim()).filter((one) => one !== '')
