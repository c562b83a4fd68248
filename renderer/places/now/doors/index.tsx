import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { FlaskConical, Monitor, Server } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { go } from '../../../app/route.ts'
import { ProblemNotice } from '../../../ui/index.ts'
import { AddServerDialog } from '../../servers/add-server.tsx'
import { useAddThisComputer } from '../../servers/use-add-server.ts'
import styles from '../now.module.css'
import { SampleChoice } from './sample-choice.tsx'
import { SshConfigImport } from './ssh-config-import.tsx'

/** What a newcomer may begin with: this computer, servers of the SSH configuration, or a sample. */
export function Doors() {
  const { t } = useTranslation('doors')
  const { t: now } = useTranslation('now')
  const utils = useQueryUtils()
  const suggestions = useQuery(utils.hosts.suggestions.queryOptions())
  const [open, setOpen] = useState<'servers' | 'server' | 'sample' | null>(null)
  const local = useAddThisComputer(now('guide.localName'), ({ id }) => {
    notifications.show({ message: now('guide.localAdded') })
    go(`/servers/${id}`)
  })
  const named = suggestions.data?.length ?? 0
  return (
    <section aria-label={t('title')} className={styles.stack}>
      <h2 className={styles.doorsTitle}>{t('title')}</h2>
      <div className={styles.threeDoors}>
        <Door icon={<Monitor size={18} aria-hidden="true" />} title={t('local')} text={t('localText')}>
          <Button loading={local.isPending} onClick={() => local.start()}>
            {t('localGo')}
          </Button>
        </Door>
        <Door
          icon={<Server size={18} aria-hidden="true" />}
          title={t('servers')}
          text={named > 0 ? t('serversText', { count: named }) : t('serversNone')}
        >
          <Button variant="default" onClick={() => setOpen(named > 0 ? 'servers' : 'server')}>
            {named > 0 ? t('serversGo') : t('serverGo')}
          </Button>
        </Door>
        <Door icon={<FlaskConical size={18} aria-hidden="true" />} title={t('sample')} text={t('sampleText')}>
          <Button variant="default" onClick={() => setOpen('sample')}>
            {t('sampleGo')}
          </Button>
        </Door>
      </div>
      {local.isError && <ProblemNotice problem={problemFrom(local.error)} />}
      {open === 'servers' && <SshConfigImport hosts={suggestions.data ?? []} onClose={() => setOpen(null)} />}
      {open === 'server' && (
        <AddServerDialog
          onClose={() => setOpen(null)}
          onAdded={(host) => {
            setOpen(null)
            go(`/servers/${host.id}`)
          }}
        />
      )}
      {open === 'sample' && <SampleChoice onClose={() => setOpen(null)} />}
    </section>
  )
}

function Door(props: { icon: ReactNode; title: string; text: string; children: ReactNode }) {
  return (
    <div className={styles.door}>
      <h3>
        {props.icon}
        {props.title}
      </h3>
      <p className={styles.soft}>{props.text}</p>
      {props.children}
    </div>
  )
}
