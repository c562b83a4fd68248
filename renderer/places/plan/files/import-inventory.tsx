import { Checkbox } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nodesOfHosts } from '../../../../shared/artifacts/imports/nodes-of-hosts.ts'
import type { ImportedHost } from '../../../../shared/model/imported.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import { useCore } from '../../../app/core.tsx'
import { usePlanEditor } from '../edit/use-plan-editor.ts'
import styles from './files.module.css'
import { toggled } from './import-compose.tsx'
import { ImportDialog } from './import-dialog.tsx'

interface Found {
  hosts: ImportedHost[]
  left: string[]
}

/** The hosts of an inventory as nodes of the stage. One that is a node already keeps what it has. */
export function ImportInventory({
  plan,
  stage,
  given,
  onClose,
}: {
  plan: Plan
  stage: Stage
  given?: File
  onClose: () => void
}) {
  const { t } = useTranslation('planFiles')
  const core = useCore()
  const { edit } = usePlanEditor()
  const [without, setWithout] = useState<ReadonlySet<string>>(new Set())
  const nodesOf = ({ hosts }: Found) => nodesOfHosts(hosts, stage)
  const takenOf = (found: Found) => nodesOf(found).filter(({ host, exists }) => !exists && !without.has(host.name))
  const save = (found: Found) => {
    const edits = takenOf(found).map(({ node }) => ({
      op: 'insert' as const,
      path: ['stages', stage.id, 'nodes'],
      value: node,
    }))
    const problem = edit({ op: 'all', edits, reason: t('importing.inventory') })
    if (!problem) notifications.show({ message: t('importing.done', { count: edits.length }) })
    return problem
  }
  return (
    <ImportDialog
      title={`${t('importing.inventory')} · ${plan.name}`}
      given={given}
      accept=".ini,.yml,.yaml,.cfg,.txt,text/plain"
      read={(file) => core.artifacts.readInventory(file)}
      countOf={({ hosts }) => hosts.length}
      taken={(found) => takenOf(found).length}
      onSave={save}
      onClose={onClose}
    >
      {(found) => (
        <>
          <p className={styles.soft}>{t('importing.servers')}</p>
          <div className={styles.scroll}>
            <table>
              <thead>
                <tr>
                  {(['take', 'host', 'address', 'user', 'groups', 'size', 'kind'] as const).map((name) => (
                    <th key={name} scope="col">
                      {t(`importing.${name}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {nodesOf(found).map(({ host, node, exists }) => (
                  <tr key={host.name}>
                    <td>
                      <Checkbox
                        size="xs"
                        aria-label={`${t('importing.take')} ${host.name}`}
                        disabled={exists}
                        checked={!exists && !without.has(host.name)}
                        onChange={(event) => setWithout(toggled(without, host.name, event.currentTarget.checked))}
                      />
                    </td>
                    <th scope="row">{host.name}</th>
                    <td className={styles.mono}>
                      {host.address}:{host.port}
                    </td>
                    <td>{host.user ?? '–'}</td>
                    <td>{host.groups.join(', ') || '–'}</td>
                    <td>{sizeOf(host)}</td>
                    <td>{exists ? t('importing.exists') : node.kind}</td>
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

const sizeOf = ({ vcpu, ramGb, diskGb }: ImportedHost): string =>
  [vcpu === null ? '' : `${vcpu} vCPU`, ramGb === null ? '' : `${ramGb} GB`, diskGb === null ? '' : `${diskGb} GB disk`]
    .filter((part) => part !== '')
    .join(', ') || '–'
