import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { Monitor, Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { useCommand } from '../../app/palette/commands.ts'
import { go, useRoute } from '../../app/route.ts'
import { EmptyState, PageHeader, Panel, ProblemNotice, QueryView } from '../../ui/index.ts'
import { AddServerDialog } from './add-server.tsx'
import { FleetPanel } from './fleet/fleet-panel.tsx'
import styles from './servers.module.css'
import { useAddThisComputer } from './use-add-server.ts'

export function ServerList() {
  const { t } = useTranslation('servers')
  const utils = useQueryUtils()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const asked = useRoute().query.get('add') === 'ssh'
  const addLocal = useAddThisComputer(t('localName'), () => notifications.show({ message: t('localAdded') }))
  const hasLocal = hosts.data?.some((host) => host.kind === 'local') ?? false

  useCommand('addThisComputer', hosts.data && !hasLocal ? addLocal.start : null)
  const count = hosts.data?.length ?? 0
  const openForm = () => go('/servers?add=ssh')
  const addLocalButton = (
    <Button
      variant="default"
      leftSection={<Monitor size={15} aria-hidden="true" />}
      loading={addLocal.isPending}
      onClick={() => addLocal.start()}
    >
      {t('addLocal')}
    </Button>
  )
  const addSshButton = (
    <Button leftSection={<Plus size={15} aria-hidden="true" />} onClick={openForm}>
      {t('addSsh')}
    </Button>
  )
  return (
    <>
      <PageHeader
        title={t('title')}
        note={hosts.data && count > 0 ? t('count', { count }) : undefined}
        actions={
          count > 0 && (
            <>
              {!hasLocal && addLocalButton}
              {addSshButton}
            </>
          )
        }
      />
      {addLocal.isError && (
        <div className={styles.space}>
          <ProblemNotice problem={problemFrom(addLocal.error)} />
        </div>
      )}
      <QueryView query={hosts}>
        {(all) =>
          all.length === 0 ? (
            <Panel label={t('title')}>
              <EmptyState
                title={t('emptyTitle')}
                actions={
                  <>
                    {addLocalButton}
                    {addSshButton}
                  </>
                }
              >
                {t('emptyText')}
              </EmptyState>
            </Panel>
          ) : (
            <FleetPanel hosts={all} />
          )
        }
      </QueryView>
      {asked && (
        <AddServerDialog
          onClose={() => go('/servers')}
          onAdded={(host) => {
            notifications.show({ message: t('add.added', { name: host.name }) })
            go(`/servers/${host.id}`)
          }}
        />
      )}
    </>
  )
}
