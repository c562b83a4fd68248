import { CloseButton } from '@mantine/core'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { PLACES } from '../../shared/model/address.ts'
import { useRoute } from '../app/route.ts'
import styles from './help.module.css'
import { useHelp } from './help-state.ts'
import type words from './words.ts'

interface Page {
  question: string
  parts: Readonly<Record<string, { title: string; text: string }>>
}

/** The help of the present place, beside it, so that both can be read together. It follows from place to place. */
export function HelpPanel() {
  const { t } = useTranslation('help')
  const { t: app } = useTranslation()
  const { place } = useRoute()
  const { asked, isOpen, close } = useHelp()
  const title = useRef<HTMLHeadingElement>(null)
  // Each time it is asked for, the focus goes to its head.
  useEffect(() => {
    if (isOpen && asked > 0) title.current?.focus()
  }, [asked, isOpen])
  const scrolled = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place's help begins at its head
  useEffect(() => {
    if (scrolled.current) scrolled.current.scrollTop = 0
  }, [place])
  if (!isOpen) return null
  const page: Page = t(`pages.${place as keyof typeof words.pages}`, { returnObjects: true })
  const keyed = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    close()
  }
  return (
    <aside ref={scrolled} className={styles.help} aria-labelledby="help-title" onKeyDown={keyed}>
      <div className={styles.head}>
        <h2 id="help-title" ref={title} tabIndex={-1}>
          {t('title', { place: app(`places.${place}`) })}
        </h2>
        <CloseButton size="sm" aria-label={t('close')} onClick={close} />
      </div>
      <p className={styles.question}>{page.question}</p>
      <dl className={styles.parts}>
        {Object.entries(page.parts).map(([name, part]) => (
          <div key={name}>
            <dt>{part.title}</dt>
            <dd>{part.text}</dd>
          </div>
        ))}
      </dl>
      <nav className={styles.others} aria-label={t('others')}>
        {PLACES.filter((name) => name !== place).map((name) => (
          <a key={name} href={`#/${name}`}>
            {app(`places.${name}`)}
          </a>
        ))}
      </nav>
      <p className={styles.offline}>{t('offline')}</p>
    </aside>
  )
}
