import { createTheme, type MantineThemeOverride } from '@mantine/core';

/** Large controls: nothing a thumb has to hit is below 44 px on a tablet (principle 6 of `experience.md`). */
const LARGE = { defaultProps: { size: 'lg' } } as const;

/** Calm, one accent, system fonts; `primaryShade` 8 keeps white text on the accent readable (WCAG AA). */
export const theme: MantineThemeOverride = createTheme({
  primaryColor: 'cyan',
  primaryShade: 8,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  autoContrast: true,
  components: {
    Button: LARGE,
    TextInput: LARGE,
    PasswordInput: LARGE,
    NativeSelect: LARGE,
    NumberInput: LARGE,
    Select: LARGE,
    FileInput: LARGE,
    Textarea: LARGE,
    Checkbox: LARGE,
    SegmentedControl: LARGE,
    // Capitals are slow to read, and wrong for names and dates.
    Badge: { defaultProps: { tt: 'none', size: 'lg' } },
    ActionIcon: { defaultProps: { size: 'xl' } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { size: 'lg' } } },
  },
});
