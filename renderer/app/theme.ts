import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
  type MantineThemeOverride,
  mergeThemeOverrides,
  type VariantColorsResolver,
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

/** Filled buttons take ground and ink from the tokens, which reach 4.5:1 in both themes; Mantine picks its ink for the light one only. */
const variantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input)
  if (input.variant !== 'filled') return colors
  const ground = input.color === 'red' ? 'var(--bad)' : 'var(--accent)'
  return {
    ...colors,
    background: ground,
    hover: `color-mix(in srgb, ${ground} 88%, var(--ink))`,
    color: 'var(--accent-ink)',
  }
}

const FIELDS = [
  'Input',
  'TextInput',
  'NumberInput',
  'PasswordInput',
  'Textarea',
  'Select',
  'NativeSelect',
  'MultiSelect',
  'Autocomplete',
  'TagsInput',
  'FileInput',
] as const

const theme = createTheme({
  variantColorResolver: variantColors,
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
  components: {
    // One height for what stands in a row: fields, lists to choose from, buttons, switches of views.
    ...Object.fromEntries(
      ['Button', 'SegmentedControl', ...FIELDS].map((name) => [name, { defaultProps: { size: 'xs' } }]),
    ),
    Input: { vars: () => ({ wrapper: { '--input-fz': 'var(--text-m)' } }) },
    // Help under the field keeps the fields of a row on one line.
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
      vars: () => ({
        label: {},
        description: { '--input-description-size': 'var(--text-s)' },
        error: { '--input-error-size': 'var(--text-s)' },
      }),
    },
    // Mantine's grey is too light for text on our ground.
    Notification: { styles: { description: { color: 'var(--soft)' } } },
    // A dialog is named by its title; its <header> would count as a banner of the page.
    Modal: {
      styles: { title: { fontSize: 'var(--text-l)', fontWeight: 600 } },
      defaultProps: {
        attributes: { header: { role: 'presentation' } },
      },
    },
  },
})

/** The theme, whose crosses are named by the given word, and whose fields have the decimal mark of the language. */
export function themeWith(close: string, decimalSeparator: string): MantineThemeOverride {
  const named = { defaultProps: { closeButtonProps: { 'aria-label': close } } }
  // A keypad has one mark only: where the language's own is another, both are taken.
  const allowedDecimalSeparators = [...new Set(['.', decimalSeparator])]
  const numbers = { defaultProps: { decimalSeparator, allowedDecimalSeparators } }
  return mergeThemeOverrides(theme, { components: { Modal: named, Notification: named, NumberInput: numbers } })
}

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
  // In the dark Mantine draws fields, tracks and grounds with single steps of its greys.
  const dark = {
    ...shared,
    '--mantine-color-dark-4': 'var(--line)',
    '--mantine-color-dark-5': 'var(--grid)',
    '--mantine-color-dark-6': 'var(--raised)',
    '--mantine-color-dark-7': 'var(--panel)',
    '--mantine-color-dark-8': 'var(--bg)',
  }
  return { variables: {}, light: shared, dark }
}

export const colorSchemes = localStorageColorSchemeManager({ key: 'headroom-theme' })
