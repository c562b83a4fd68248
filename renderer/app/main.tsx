import '@fontsource-variable/inter/wght.css'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './tokens.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { CoreProvider } from './core.tsx'
import { CrashBoundary } from './crash-boundary.tsx'
import { Frame } from './frame.tsx'
import { colorSchemes, cssVariables, theme } from './theme.ts'
import { setUpWords } from './words/index.ts'

await setUpWords()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
    >
      <Notifications position="bottom-right" />
      <CrashBoundary>
        <CoreProvider>
          <Frame />
        </CoreProvider>
      </CrashBoundary>
    </MantineProvider>
  </StrictMode>,
)
