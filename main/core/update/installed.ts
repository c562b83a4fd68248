import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../environment.ts'
import type { Installed } from './feed.ts'

/** Which package this is. Those of Linux tell it in a file that the packager leaves beside the archive. */
export function installedHere({ face, platform, env }: Environment, resourcesPath: string | undefined): Installed {
  const here = { platform, arch: process.arch }
  if (face !== 'electron') return { ...here, kind: 'headless' }
  if (platform === 'darwin') return { ...here, kind: 'dmg' }
  if (platform === 'win32') return { ...here, kind: 'exe' }
  if (env.APPIMAGE) return { ...here, kind: 'AppImage' }
  return { ...here, kind: packageType(resourcesPath) === 'rpm' ? 'rpm' : 'deb' }
}

function packageType(resourcesPath: string | undefined): string {
  if (resourcesPath === undefined) return ''
  try {
    return readFileSync(join(resourcesPath, 'package-type'), 'utf8').trim()
  } catch {
    return ''
  }
}
