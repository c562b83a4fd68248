import {
  type CSSVariablesResolver,
  createTheme,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
} from '@mantine/core'

/** The accent in ten steps, light to dark; 8 is --accent of the light theme, 4 that of the dark one. */
const teal: MantineColorsTuple = [
  '#ecf6f3',
  '#d9ece7',
  '#b3d9d0',
  '#87c8b9',
  '#5cc8b3',
  '#3aa892',
  '#248674',
  '#177867',
  '#0f6b5c',
  '#0a4d42',
] // prettier-ignore

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  colors: { teal },
  fontFamily: '"Inter Variable", Inter, system-ui, "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '17px' },
  headings: { fontFamily: 'inherit', fontWeight: '600' },
  defaultRadius: 'var(--radius-small)',
  cursorType: 'pointer',
  respectReducedMotion: true,
})

/** Mantine draws with our tokens, so that its parts and ours cannot drift apart. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--panel)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--soft)',
    '--mantine-color-placeholder': 'var(--soft)',
    '--mantine-color-default': 'var(--panel)',
    '--mantine-color-default-hover': 'var(--raised)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-anchor': 'var(--accent)',
  }
  return { variables: {}, light: shared, dark: shared }
}

export const colorSchemes = localStorageColorSchemeManager({ key: 'headroom-theme' })
