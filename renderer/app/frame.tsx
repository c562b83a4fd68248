import { Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Loading } from '../ui/index.ts'
import { AlertNotices } from './alert-notices.tsx'
import { LineBanner } from './banner.tsx'
import { CrashBoundary } from './crash-boundary.tsx'
import styles from './frame.module.css'
import { Navigation } from './navigation.tsx'
import { Palette } from './palette.tsx'
import { places } from './places.tsx'
import { useRoute } from './route.ts'
import { SampleNotice } from './sample-notice.tsx'
import { ShortcutsDialog, useShortcuts } from './shortcuts.tsx'
import { WorkspaceNotice } from './workspace-notice.tsx'

/** The window: navigation on the left, the place on the right, the palette and the shortcuts over both. */
export function Frame() {
  const { t } = useTranslation()
  const [help, setHelp] = useState(false)
  const showHelp = useCallback(() => setHelp(true), [])
  useShortcuts(showHelp)
  return (
    <div className={styles.frame}>
      {/* A button, not a link: the hash is the route. */}
      <button type="button" className={styles.skip} onClick={() => document.getElementById('content')?.focus()}>
        {t('skip')}
      </button>
      <Navigation />
      <Content />
      <AlertNotices />
      <Palette onShortcuts={showHelp} />
      <ShortcutsDialog opened={help} onClose={() => setHelp(false)} />
    </div>
  )
}

function Content() {
  const { t } = useTranslation()
  const route = useRoute()
  const place = places.find((entry) => entry.name === route.place)
  const main = useRef<HTMLElement>(null)
  const path = place?.staysDrawn ? `/${route.place}` : route.path
  const [drawn, setDrawn] = useState(path)
  useEffect(() => {
    document.title = `${t(`places.${route.place}`)} · ${t('product')}`
    if (drawn === path) return
    setDrawn(path)
    main.current?.scrollTo(0, 0)
  }, [path, route.place, drawn, t])
  return (
    <main id="content" ref={main} className={styles.main} tabIndex={-1}>
      <LineBanner />
      <WorkspaceNotice />
      <SampleNotice />
      <div className={styles.content}>
        <CrashBoundary key={path}>
          <Suspense fallback={<Loading />}>{place && <place.Component />}</Suspense>
        </CrashBoundary>
      </div>
    </main>
  )
}
