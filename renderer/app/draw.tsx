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
import { decimalMark } from '../../shared/format/number-marks.ts'
import { CoreProvider } from './core.tsx'
import { CrashBoundary } from './crash-boundary.tsx'
import { Frame } from './frame.tsx'
import type { Core } from './reach.ts'
import { colorSchemes, cssVariables, themeWith } from './theme.ts'
import { setUpWords } from './words/index.ts'

/** How long the first draw waits for what it shows: drawn without it, the page would be drawn and laid out twice. */
const PATIENCE_MS = 150

/** Mantine in our looks and in the language that is spoken now. */
function Themed({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const theme = useMemo(() => themeWith(t('close'), decimalMark()), [t])
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

/** Draws the window, once `answers` to what it shows first are there. */
export async function draw(core: Core, answers: Promise<unknown>): Promise<void> {
  const root = document.getElementById('root')
  if (!root) throw new Error('index.html has no #root')
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))
  await setUpWords()
  await Promise.race([answers, late])
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
}
