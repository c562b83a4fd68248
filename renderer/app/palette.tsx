import { useMantineColorScheme } from '@mantine/core'
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from './core.tsx'
import { go, PLACES } from './route.ts'

/** Ctrl/Cmd-K: every place, server, playbook and action. */
export function Palette({ onShortcuts }: { onShortcuts: () => void }) {
  const { t } = useTranslation()
  const utils = useQueryUtils()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const playbooks = useQuery(utils.playbooks.list.queryOptions())
  const { setColorScheme } = useMantineColorScheme()

  const groups: SpotlightActionGroupData[] = [
    {
      group: t('groups.places'),
      actions: PLACES.map((name) => ({
        id: `place-${name}`,
        label: t(`places.${name}`),
        onClick: () => go(`/${name}`),
      })),
    },
    {
      group: t('groups.servers'),
      actions: (hosts.data ?? []).map((host) => ({
        id: `host-${host.id}`,
        label: host.name,
        description: host.address,
        onClick: () => go(`/servers/${host.id}`),
      })),
    },
    {
      group: t('groups.playbooks'),
      actions: (playbooks.data ?? []).map((playbook) => ({
        id: `playbook-${playbook.id}`,
        label: playbook.name,
        description: playbook.summary,
        onClick: () => go(`/playbooks/${playbook.id}`),
      })),
    },
    {
      group: t('groups.actions'),
      actions: [
        { id: 'add-server', label: t('actions.addServer'), onClick: () => go('/servers?add=ssh') },
        { id: 'shortcuts', label: t('actions.shortcuts'), onClick: onShortcuts },
        { id: 'theme-light', label: t('actions.light'), onClick: () => setColorScheme('light') },
        { id: 'theme-dark', label: t('actions.dark'), onClick: () => setColorScheme('dark') },
        { id: 'theme-auto', label: t('actions.auto'), onClick: () => setColorScheme('auto') },
      ],
    },
  ]
  return (
    <Spotlight
      actions={groups.filter((group) => group.actions.length > 0)}
      nothingFound={t('nothingFound')}
      highlightQuery
      scrollable
      maxHeight={420}
      attributes={{ content: { 'aria-label': t('search') } }}
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      shortcut={['mod + K']}
      searchProps={{
        leftSection: <Search size={16} aria-hidden="true" />,
        placeholder: t('search'),
        'aria-label': t('search'),
      }}
    />
  )
}
