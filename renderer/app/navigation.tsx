import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Tour } from '../help/tour.tsx'
import { useTourStop } from '../help/tour-state.ts'
import { ageText, useNow } from './clock.ts'
import { useQueryUtils } from './core.tsx'
import styles from './frame.module.css'
import { PALETTE_KEYS } from './keys.ts'
import { places } from './places.tsx'
import { useRoute } from './route.ts'

const TROUBLED = new Set(['down', 'needs-host-key', 'needs-secret'])

export function Navigation({ onSearch }: { onSearch: () => void }) {
  const { t } = useTranslation()
  const route = useRoute()
  const toured = useTourStop()
  const utils = useQueryUtils()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const troubled = (hosts.data ?? []).filter((host) => TROUBLED.has(host.state)).length
  return (
    <nav className={styles.nav} aria-label={t('navigation')}>
      <div className={styles.brand}>{t('product')}</div>
      <button
        type="button"
        className={styles.search}
        data-toured={toured === 'search' || undefined}
        onClick={onSearch}
        aria-label={t('searchLabel', { keys: PALETTE_KEYS })}
      >
        <Search size={14} aria-hidden="true" />
        <span>{t('search')}</span>
        <kbd>{PALETTE_KEYS}</kbd>
      </button>
      <ul>
        {places.map(({ name, icon: Icon }) => (
          <li key={name}>
            <a
              href={`#/${name}`}
              className={styles.link}
              data-toured={toured === name || undefined}
              aria-current={route.place === name ? 'page' : undefined}
            >
              <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
              <span>{t(`places.${name}`)}</span>
              {name === 'servers' && troubled > 0 && (
                <span className={styles.count} role="img" aria-label={t('down', { count: troubled })}>
                  {troubled}
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
      <Tour />
      <WorkspaceFooter />
    </nav>
  )
}

/** Which workspace this is and how fresh its samples are. */
function WorkspaceFooter() {
  const { t } = useTranslation()
  const utils = useQueryUtils()
  const info = useQuery(utils.app.info.queryOptions())
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const now = useNow()
  const newest = Math.max(0, ...(hosts.data ?? []).map((host) => host.lastSampleAt ?? 0))
  const folder = info.data?.workspace.split(/[\\/]/).filter(Boolean).at(-1)
  return (
    <div className={styles.footer}>
      <strong title={info.data?.workspace}>{folder ?? ' '}</strong>
      {hosts.data && (
        <>
          {t('footer.servers', { count: hosts.data.length })}
          <span>{newest > 0 ? t('footer.sampled', { age: ageText(newest, now) }) : t('footer.never')}</span>
        </>
      )}
    </div>
  )
}
