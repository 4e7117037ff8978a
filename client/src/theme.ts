import { createTheme, type MantineThemeOverride } from '@mantine/core';

/** Large controls: nothing a thumb has to hit is below 44 px on a tablet (principle 6 of `experience.md`). */
const LARGE = { defaultProps: { size: 'lg' } } as const;

/** Calm, one accent, system fonts; white words on the accent need its shade 9: 8 is 4.3:1 and fails WCAG AA (measured with axe). */
export const theme: MantineThemeOverride = createTheme({
  primaryColor: 'cyan',
  primaryShade: 9,
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
    // Mantine's <header> of a dialog would be a second banner of the page to a screen reader.
    Modal: {
      defaultProps: { centered: true, closeButtonProps: { size: 'lg' }, attributes: { header: { role: 'presentation' } } },
    },
  },
});
