import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import manifest from '../../../package.json' with { type: 'json' }
import { quoteWord } from '../../../shared/format/shell.ts'
import { HeadroomError, problemOf } from '../../../shared/model/problem.ts'
import type { Feed, FeedFile, UpdateStatus } from '../../../shared/model/update.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Workspace } from '../workspace/index.ts'
import { feedSource, fileFor, isNewer, readFeed } from './feed.ts'
import { fetchFile, fetchSmall } from './fetch.ts'
import { installedHere } from './installed.ts'

const DAY_MS = 86_400_000
/** After a start the network may still be coming up, and there is more to do. */
const FIRST_MS = 60_000
const KEY = 'update'
const SettingSchema = z.object({ on: z.boolean(), checkedAt: z.number().nullable() })

/** Newer versions: looked for once a day when the operator has turned that on, fetched when they say so. */
export interface Updates {
  /** Lets the daily look begin. */
  start(): void
  status(): UpdateStatus
  /** @throws UPDATE_NO_FEED */
  set(on: boolean): UpdateStatus
  /** @throws UPDATE_OFF, UPDATE_UNREACHABLE, UPDATE_NOT_SIGNED, UPDATE_FEED_INVALID */
  check(): Promise<UpdateStatus>
  /** @throws as `check`; UPDATE_NONE, UPDATE_NO_FILE, UPDATE_FILE_WRONG, UPDATE_NOT_WRITTEN */
  download(): Promise<UpdateStatus>
  close(): void
}

export function createUpdates(options: {
  workspace: Workspace
  environment: Environment
  events: EventHub
  /** For tests; else the version of this build. */
  current?: string
}): Updates {
  const { workspace, environment, events, current = manifest.version } = options
  const source = feedSource(environment.resources)
  const installed = installedHere(environment, (process as { resourcesPath?: string }).resourcesPath)
  const stopped = new AbortController()
  let newer: { feed: Feed; file: FeedFile | undefined } | null = null
  let ready: UpdateStatus['ready'] = null
  let problem: UpdateStatus['problem'] = null
  let timer: NodeJS.Timeout | null = null
  let started = false

  const setting = () => workspace.setting(KEY, SettingSchema, { on: false, checkedAt: null })
  const save = (value: z.infer<typeof SettingSchema>) => {
    workspace.saveSetting(KEY, value)
    events.emit({ kind: 'settings' })
  }
  const status = (): UpdateStatus => {
    const { on, checkedAt } = setting()
    const { version, publishedAt } = newer?.feed ?? {}
    return {
      feed: source?.url.href ?? null,
      on: on && source !== null,
      current,
      checkedAt,
      newer:
        version === undefined || publishedAt === undefined
          ? null
          : { version, publishedAt, bytes: newer?.file?.bytes ?? null },
      ready,
      problem,
    }
  }
  const allowed = () => {
    if (source === null) throw noFeed()
    if (!setting().on) throw off()
    return source
  }

  const check = async () => {
    const { url, key } = allowed()
    try {
      const [bytes, signature] = await Promise.all([
        fetchSmall(new URL('feed.json', url), stopped.signal),
        fetchSmall(new URL('feed.json.sig', url), stopped.signal),
      ])
      const feed = readFeed(bytes, signature.toString('latin1'), key)
      newer = isNewer(feed.version, current) ? { feed, file: fileFor(feed, installed) } : null
      problem = null
    } catch (error) {
      problem = problemOf(error)
      throw error
    } finally {
      if (!stopped.signal.aborted) save({ on: setting().on, checkedAt: environment.now() })
    }
    return status()
  }

  const download = async () => {
    const { url } = allowed()
    if (newer === null) await check()
    if (newer === null) throw none(current)
    const { feed, file } = newer
    if (file === undefined) throw noFile(feed.version, installed)
    const running = installed.kind === 'AppImage' ? environment.env.APPIMAGE : undefined
    const target = running ?? join(downloads(environment.home), file.name)
    const part = join(dirname(target), `.${file.name}.part`)
    try {
      await fetchFile(new URL(file.name, url), file, part, stopped.signal)
      if (running !== undefined) chmodSync(part, 0o755)
      // Whole or not at all: the running program keeps the file it was started from.
      renameSync(part, target)
      problem = null
    } catch (error) {
      rmSync(part, { force: true })
      problem = problemOf(error)
      events.emit({ kind: 'settings' })
      throw error
    }
    const command = installCommand(installed.kind, target)
    ready = { version: feed.version, path: target, replaced: running !== undefined, command }
    events.emit({ kind: 'settings' })
    return status()
  }

  const schedule = (waitMs: number) => {
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => {
      schedule(DAY_MS)
      // What stood in the way is in the status; without a network nothing else happens.
      check().catch((error: unknown) => environment.log.info({ err: error }, 'no update could be looked for'))
    }, waitMs)
    timer.unref()
  }
  const arrange = () => {
    if (timer) clearTimeout(timer)
    timer = null
    const { on, checkedAt } = setting()
    if (!started || !on || source === null) return
    schedule(Math.max(FIRST_MS, (checkedAt ?? 0) + DAY_MS - environment.now()))
  }

  return {
    start: () => {
      started = true
      arrange()
    },
    status,
    set: (on) => {
      if (on && source === null) throw noFeed()
      save({ ...setting(), on })
      if (!on) [newer, problem] = [null, null]
      arrange()
      return status()
    },
    check,
    download,
    close: () => {
      stopped.abort()
      if (timer) clearTimeout(timer)
    },
  }
}

function downloads(home: string): string {
  const folder = join(home, 'Downloads')
  return existsSync(folder) ? folder : home
}

function installCommand(kind: FeedFile['kind'], path: string): string | null {
  if (kind === 'deb') return `sudo apt install ${quoteWord(path)}`
  if (kind === 'rpm') return `sudo dnf install ${quoteWord(path)}`
  return null
}

const noFeed = () =>
  new HeadroomError({
    code: 'UPDATE_NO_FEED',
    fact: 'This build has no update feed: it was not made by the release workflow.',
    fix: 'Update it the way it was made, such as with git pull.',
  })
const off = () =>
  new HeadroomError({
    code: 'UPDATE_OFF',
    fact: 'Looking for updates is turned off.',
    fix: 'Turn it on in Settings first.',
  })
const none = (current: string) =>
  new HeadroomError({
    code: 'UPDATE_NONE',
    fact: `Version ${current} is the newest one.`,
    fix: 'There is nothing to do.',
  })
const noFile = (version: string, { platform, arch, kind }: { platform: string; arch: string; kind: string }) =>
  new HeadroomError({
    code: 'UPDATE_NO_FILE',
    fact: `Version ${version} has no ${kind} package for ${platform} on ${arch}.`,
    fix: 'Fetch another kind of package by hand.',
    value: version,
  })
