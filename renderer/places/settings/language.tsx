import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { chooseLanguage } from '../../app/words/index.ts'
import { LANGUAGES, type LanguageChoice, languageChoice } from '../../app/words/locale.ts'
import styles from './settings.module.css'

/** The language of the words on the screen, of numbers and of dates. Languages are named in themselves. */
export function LanguageField() {
  const { t } = useTranslation('language')
  const [choice, setChoice] = useState<LanguageChoice>(languageChoice)
  return (
    <div className={styles.stack}>
      <SegmentedControl
        aria-label={t('label')}
        value={choice}
        onChange={(value) => {
          const wanted = value as LanguageChoice
          setChoice(wanted)
          void chooseLanguage(wanted)
        }}
        data={[
          ...LANGUAGES.map((value) => ({ value, label: { en: 'English', de: 'Deutsch' }[value] })),
          { value: 'auto', label: t('auto') },
        ]}
      />
      <p className={styles.quiet}>{t('help')}</p>
    </div>
  )
}
