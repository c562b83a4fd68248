import { useMantineColorScheme } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { linkOfRoute } from '../../shared/model/address.ts'
import { HelpPanel } from '../help/help-panel.tsx'
import { useHelp } from '../help/help-state.ts'
import { Loading } from '../ui/index.ts'
import { AlertNotices } from './alert-notices.tsx'
import { LineBanner } from './banner.tsx'
import { CrashBoundary } from './crash-boundary.tsx'
import { FileIntake } from './files/intake.tsx'
import { keepFocus } from './focus-keeper.ts'
import styles from './frame.module.css'
import { Navigation } from './navigation.tsx'
import { useCommand } from './palette/commands.ts'
import { Palette } from './palette/palette.tsx'
import { places } from './places.tsx'
import { parseRoute, useRoute } from './route.ts'
import { SampleNotice } from './sample-notice.tsx'
import { useShell } from './shell.ts'
import { ShortcutsDialog, useShortcuts } from './shortcuts.tsx'
import { followTravel } from './travel.ts'
import { WorkspaceNotice } from './workspace-notice.tsx'

/** The window: navigation on the left, the place on the right, the palette and the shortcuts over both. */
export function Frame() {
  const { t } = useTranslation()
  const [over, setOver] = useState<'keys' | 'search' | null>(null)
  const { isOpen: hasHelp, open: openHelp } = useHelp()
  const keys = useMemo(
    () => ({ list: () => setOver('keys'), search: () => setOver('search'), help: openHelp }),
    [openHelp],
  )
  const close = useCallback(() => setOver(null), [])
  useShortcuts(keys)
  useCommand('palette', keys.search)
  useCommand('shortcuts', keys.list)
  useCommand('help', keys.help)
  useShell()
  useWindowCommands()
  useEffect(() => keepFocus(document.body), [])
  return (
    <div className={styles.frame} data-help={hasHelp || undefined}>
      {/* A button, not a link: the hash is the route. */}
      <button type="button" className={styles.skip} onClick={() => document.getElementById('content')?.focus()}>
        {t('skip')}
      </button>
      <Navigation onSearch={keys.search} />
      <Content />
      <HelpPanel />
      <AlertNotices />
      <FileIntake />
      {over === 'search' && <Palette onClose={close} />}
      <ShortcutsDialog opened={over === 'keys'} onClose={close} />
    </div>
  )
}

/** What the window itself can do. */
function useWindowCommands(): void {
  const { t } = useTranslation()
  const { setColorScheme } = useMantineColorScheme()
  useCommand('themeLight', () => setColorScheme('light'))
  useCommand('themeDark', () => setColorScheme('dark'))
  useCommand('themeAuto', () => setColorScheme('auto'))
  useCommand('back', () => window.history.back())
  useCommand('forward', () => window.history.forward())
  useCommand('newWindow', () => window.open(window.location.href, '_blank'))
  useCommand('copyAddress', () => {
    const link = linkOfRoute(window.location.hash) ?? window.location.href
    void navigator.clipboard.writeText(link).then(() => notifications.show({ message: t('copied', { link }) }))
  })
}

/** Whether both addresses are drawn by the same piece, which then keeps its place and its focus. */
function isSamePiece(before: string, after: string): boolean {
  const piece = (hash: string) => {
    const route = parseRoute(hash)
    return places.find(({ name }) => name === route.place)?.staysDrawn ? route.place : route.path
  }
  return piece(before) === piece(after)
}

function Content() {
  const { t } = useTranslation()
  const route = useRoute()
  const place = places.find((entry) => entry.name === route.place)
  const main = useRef<HTMLElement>(null)
  const isScrolled = useRef(false)
  const path = place?.staysDrawn ? `/${route.place}` : route.path
  const [drawn, setDrawn] = useState(path)
  useEffect(() => (main.current ? followTravel(main.current, isSamePiece) : undefined), [])
  useEffect(() => {
    document.title = `${t(`places.${route.place}`)} · ${t('product')}`
    if (drawn === path) return
    setDrawn(path)
    // Only where it is scrolled: the call lays out what was just drawn and is about to change.
    if (isScrolled.current) main.current?.scrollTo(0, 0)
  }, [path, route.place, drawn, t])
  return (
    <main
      id="content"
      ref={main}
      className={styles.main}
      tabIndex={-1}
      aria-label={t(`places.${route.place}`)}
      onScroll={(event) => {
        if (event.target === event.currentTarget) isScrolled.current = event.currentTarget.scrollTop > 0
      }}
    >
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
