import { join, resolve } from 'node:path'

interface Surroundings {
  platform: string
  home: string
  env: Readonly<Record<string, string | undefined>>
}

/** The workspace to open: what was asked for, else HEADROOM_WORKSPACE, else `headroom/default` in the user's data folder. */
export function workspaceFolder(asked: string | undefined, { platform, home, env }: Surroundings): string {
  const named = asked ?? env.HEADROOM_WORKSPACE
  if (named !== undefined && named !== '') return resolve(named)
  return join(dataFolder(platform, home, env), 'headroom', 'default')
}

/** XDG base directories on Linux, Application Support on macOS, Local AppData on Windows. */
function dataFolder(platform: string, home: string, env: Surroundings['env']): string {
  if (platform === 'win32') return env.LOCALAPPDATA ?? join(home, 'AppData', 'Local')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support')
  return env.XDG_DATA_HOME ?? join(home, '.local', 'share')
}
