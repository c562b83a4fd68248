import './no-eval.ts'
import '@fontsource-variable/inter/wght.css'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './tokens.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { type ReactNode, StrictMode, useMemo } from 'react'
import { createRoot } from 'react-dom/client'
import { useTranslation } from 'react-i18next'
import { askAhead } from './ask-ahead.ts'
import { CoreProvider, reachCore } from './core.tsx'
import { CrashBoundary } from './crash-boundary.tsx'
import { Frame } from './frame.tsx'
import { colorSchemes, cssVariables, themeWith } from './theme.ts'
import { setUpWords } from './words/index.ts'

const core = reachCore()
askAhead(core)
await setUpWords()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

/** Mantine in our looks and in the language that is spoken now. */
function Themed({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const theme = useMemo(() => themeWith(t('close')), [t])
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
    >
      {children}
    </MantineProvider>
  )
}

createRoot(root).render(
  <StrictMode>
    <Themed>
      <Notifications position="bottom-right" />
      <CrashBoundary>
        <CoreProvider core={core}>
          <Frame />
        </CoreProvider>
      </CrashBoundary>
    </Themed>
  </StrictMode>,
)
