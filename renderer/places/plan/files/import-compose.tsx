import { Checkbox, NativeSelect } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatLocale } from '../../../../shared/format/locale.ts'
import type { Edit } from '../../../../shared/model/edit.ts'
import type { ImportedServices } from '../../../../shared/model/imported.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import { useCore } from '../../../app/core.tsx'
import { usePlanEditor } from '../edit/use-plan-editor.ts'
import styles from './files.module.css'
import { ImportDialog } from './import-dialog.tsx'

const NEW = ''

/** The services of a Compose file, onto a node of the stage. */
export function ImportCompose({ stage, given, onClose }: { stage: Stage; given?: File; onClose: () => void }) {
  const { t } = useTranslation('planFiles')
  const core = useCore()
  const { edit } = usePlanEditor()
  const machines = stage.nodes.filter(({ kind }) => kind === 'server' || kind === 'cluster')
  const [node, setNode] = useState(machines[0]?.id ?? NEW)
  const [without, setWithout] = useState<ReadonlySet<string>>(new Set())
  const takenOf = ({ services }: ImportedServices) => services.filter(({ name }) => !without.has(name))
  const target = machines.find(({ id }) => id === node)
  const save = (found: ImportedServices) => {
    const services = takenOf(found)
    const path = ['stages', stage.id, 'nodes']
    const change: Edit = target
      ? { op: 'set', path: [...path, target.id, 'services'], value: services }
      : { op: 'insert', path, value: { id: freeId(stage), name: t('importing.newNode'), kind: 'server', services } }
    const problem = edit({ op: 'all', edits: [change], reason: t('importing.compose') })
    if (!problem) notifications.show({ message: t('importing.done', { count: services.length }) })
    return problem
  }
  return (
    <ImportDialog
      title={t('importing.compose')}
      given={given}
      accept=".yml,.yaml,text/yaml"
      read={(file) => core.artifacts.readCompose(file)}
      countOf={({ services }) => services.length}
      taken={(found) => takenOf(found).length}
      onSave={save}
      onClose={onClose}
    >
      {(found) => (
        <>
          <NativeSelect
            size="xs"
            label={t('importing.node')}
            value={node}
            onChange={(event) => setNode(event.currentTarget.value)}
            data={[
              ...machines.map(({ id, name, services }) => ({
                value: id,
                label: services.length > 0 ? `${name} (${t('importing.replaces', { count: services.length })})` : name,
              })),
              { value: NEW, label: t('importing.newNode') },
            ]}
          />
          <div className={styles.scroll}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('importing.take')}</th>
                  <th scope="col">{t('importing.service')}</th>
                  <th scope="col" className={styles.number}>
                    {t('importing.replicas')}
                  </th>
                  <th scope="col">{t('importing.image')}</th>
                  <th scope="col" className={styles.number}>
                    {t('importing.cpus')}
                  </th>
                  <th scope="col" className={styles.number}>
                    {t('importing.memory')}
                  </th>
                  <th scope="col" className={styles.number}>
                    {t('importing.port')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.services.map((one) => (
                  <tr key={one.name}>
                    <td>
                      <Checkbox
                        size="xs"
                        aria-label={`${t('importing.take')} ${one.name}`}
                        checked={!without.has(one.name)}
                        onChange={(event) => setWithout(toggled(without, one.name, event.currentTarget.checked))}
                      />
                    </td>
                    <th scope="row">{one.name}</th>
                    <td className={styles.number}>{one.replicas}</td>
                    <td className={styles.mono}>{one.image ?? '–'}</td>
                    <td className={styles.number}>{one.cpus ?? '–'}</td>
                    <td className={styles.number}>
                      {one.memoryGb === undefined
                        ? '–'
                        : one.memoryGb.toLocaleString(formatLocale(), { maximumFractionDigits: 3 })}
                    </td>
                    <td className={styles.number}>{one.port ?? one.publish?.[0] ?? '–'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </ImportDialog>
  )
}

export function toggled(names: ReadonlySet<string>, name: string, taken: boolean): ReadonlySet<string> {
  const next = new Set(names)
  if (taken) next.delete(name)
  else next.add(name)
  return next
}

function freeId(stage: Stage): string {
  const ids = new Set(stage.nodes.map(({ id }) => id))
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? 'imported' : `imported-${count}`
    if (!ids.has(id)) return id
  }
}
