import { quoteWord } from '../format/shell.ts'
import { headOf, type Made, type Making, type Outcome } from './made.ts'
import { databasesOf } from './postgresql.ts'
import { settingsOf } from './settings.ts'
import { TextFile } from './text-file.ts'
import { entry, field, Told } from './told.ts'
import { slug } from './workload.ts'

const KEPT_DAYS = 14

/** A timer, its service and the script they start, for each PostgreSQL that the stage runs itself. */
export function backupUnits(making: Making): Outcome {
  const { plan, stage } = making
  const databases = databasesOf(making).filter(
    ({ node, workload }) => workload !== null || (node.kind === 'database' && node.optional !== true),
  )
  if (databases.length === 0) return { left: 'The stage has no PostgreSQL.' }
  const settings = settingsOf(plan, stage.id, 'backup')
  const hour = quietHour(making)
  const storage = stage.nodes.find(({ kind }) => kind === 'storage')
  return databases.flatMap(({ id, node, nodeRow, workload, settings: ofDatabase }): Made[] => {
    const unit = `${slug(plan.id)}-backup-${slug(id)}`
    const database = ofDatabase.text('database')
    const kept = settings.number('keep-days', 'retention-d')
    const script = new TextFile(headOf(making, `Backup of PostgreSQL on "${node.name}"`))
    const name =
      database && /^[A-Za-z_][\w-]*$/.test(database.value)
        ? database
        : new Told('postgres', field(nodeRow, 'id'), 'the plan names no database')
    script.line('set -eu')
    script.line('umask 077')
    script.line`database=${name.map(quoteWord)}`
    script.line`folder=${new Told(quoteWord(`/var/backups/${unit}`), [field(entry('', 'stages', stage.id), 'id'), field(nodeRow, 'id')])}`
    if (kept) script.line`keep_days=${kept.map((days) => Math.max(1, Math.round(days)))}`
    else script.line(`keep_days=${KEPT_DAYS}  # the plan says nothing: a component "backup" with the setting keep-days`)
    script.line('mkdir -p "$folder"')
    script.line('file="$folder/$database-$(date -u +%Y%m%dT%H%M%SZ).dump"')
    if (workload && node.kind === 'server')
      script.line`docker compose --project-directory ${new Told(quoteWord(`/opt/${slug(plan.id)}/${node.id}`), field(nodeRow, 'id'))} exec -T ${new Told(workload.name, field(workload.serviceRow, 'name'))} pg_dump --username="\${PGUSER:-postgres}" --format=custom --dbname="$database" >"$file.part"`
    else script.line('pg_dump --format=custom --dbname="$database" >"$file.part"')
    script.line('# What cannot be read back is no backup.')
    if (workload && node.kind === 'server')
      script.line`docker compose --project-directory ${new Told(quoteWord(`/opt/${slug(plan.id)}/${node.id}`), field(nodeRow, 'id'))} exec -T ${new Told(workload.name, field(workload.serviceRow, 'name'))} pg_restore --list <"$file.part" >/dev/null`
    else script.line('pg_restore --list "$file.part" >/dev/null')
    script.line('mv "$file.part" "$file"')
    if (storage)
      script.line`if [ -n "\${RCLONE_REMOTE:-}" ]; then rclone copy "$file" "$RCLONE_REMOTE/${new Told(slug(plan.id), field(entry(entry('', 'stages', stage.id), 'nodes', storage.id), 'kind'))}/"; fi`
    script.line('find "$folder" -name "*.dump" -type f -mtime "+$keep_days" -delete')
    script.line('find "$folder" -name "*.part" -type f -mtime +1 -delete')
    const service = new TextFile(headOf(making, `Backup of PostgreSQL on "${node.name}"`), 'before')
    service.line('[Unit]').line`Description=Backup of ${new Told(slug(id), field(nodeRow, 'id'))}`
    service
      .line('After=network-online.target')
      .line('Wants=network-online.target')
      .line('')
      .line('[Service]')
      .line('Type=oneshot')
    service.line('# PGHOST, PGUSER, PGPASSFILE and RCLONE_REMOTE, where they are needed; mode 0600.')
    service.line(`EnvironmentFile=-/etc/${unit}.env`)
    service.line(`ExecStart=/bin/sh /usr/local/lib/headroom/${unit}.sh`)
    service.line('Nice=10').line('IOSchedulingClass=idle').line('PrivateTmp=yes').line('NoNewPrivileges=yes')
    const timer = new TextFile(headOf(making, `When PostgreSQL on "${node.name}" is backed up`), 'before')
    timer.line('[Unit]').line`Description=Daily backup of ${new Told(slug(id), field(nodeRow, 'id'))}`
    timer.line('').line('[Timer]')
    timer.line`OnCalendar=*-*-* ${hour}:10:00 UTC`
    timer
      .line('RandomizedDelaySec=10min')
      .line('Persistent=yes')
      .line('')
      .line('[Install]')
      .line('WantedBy=timers.target')
    const of = (end: string, file: TextFile, text = file.text): Made => ({
      id: `backup-${id}-${end}`,
      kind: 'backup',
      subject: id,
      path: `${id}/${unit}.${end === 'script' ? 'sh' : end}`,
      language: end === 'script' ? 'shell' : 'ini',
      text,
      executable: end === 'script',
      sources: file.sources,
      notes: end === 'script' ? [`It belongs at /usr/local/lib/headroom/${unit}.sh.`] : [],
    })
    return [of('script', script, `#!/bin/sh\n${script.text}`), of('service', service), of('timer', timer)]
  })
}

/** The hour in which the plan expects the least load, in UTC. */
function quietHour({ plan }: Making): Told<string> {
  const factors = plan.seasonality?.hourOfDay
  if (!factors) return new Told('03', '', 'usual; the plan has no hours of the day (seasonality.hourOfDay)')
  const hour = factors.indexOf(Math.min(...factors))
  return new Told(String(hour).padStart(2, '0'), 'seasonality.hourOfDay', 'the hour with the least load')
}
