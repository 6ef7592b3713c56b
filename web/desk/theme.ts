import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';
import { store } from './store.ts';

export type Theme = 'light' | 'dark' | 'contrast';
export type ThemeChoice = Theme | 'system';
export const THEMES: readonly ThemeChoice[] = ['system', 'light', 'dark', 'contrast'];

const KEPT = 'hebra.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const contrast = matchMedia('(prefers-contrast: more)');

export const themeChoice = store<ThemeChoice>(kept());
export const theme = store<Theme>(resolved());

/** Follows the choice and the system's, and paints the page accordingly. */
export function startTheme(): void {
  const paint = () => {
    theme.set(resolved());
    document.documentElement.dataset['theme'] = theme.get();
  };
  themeChoice.follow(paint);
  dark.addEventListener('change', paint);
  contrast.addEventListener('change', paint);
  paint();
}

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(KEPT, choice);
  themeChoice.set(choice);
}

function resolved(): Theme {
  const choice = themeChoice.get();
  if (choice !== 'system') return choice;
  return contrast.matches ? 'contrast' : dark.matches ? 'dark' : 'light';
}

function kept(): ThemeChoice {
  const value = localStorage.getItem(KEPT) as ThemeChoice | null;
  return value && THEMES.includes(value) ? value : 'system';
}

/** Mantine asks for ten shades; ours is one, and it changes with the theme. */
const thread = Array.from({ length: 10 }, () => 'var(--thread)') as unknown as MantineColorsTuple;

export const mantine = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font)',
  primaryColor: 'thread',
  primaryShade: 8,
  colors: { thread },
  defaultRadius: 6,
  focusRing: 'never',
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '15px', xl: '16px' },
});

/** Mantine's own colours, said with our words. */
export const variables: CSSVariablesResolver = () => {
  const ours = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-2)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-anchor': 'var(--thread)',
    '--mantine-color-error': 'var(--time-ink)',
    '--mantine-color-disabled': 'var(--sunken)',
    '--mantine-color-disabled-color': 'var(--ink-3)',
    '--mantine-primary-color-filled': 'var(--thread)',
    '--mantine-primary-color-filled-hover': 'var(--thread-hover)',
    '--mantine-primary-color-contrast': 'var(--on-thread)',
    '--mantine-shadow-md': 'var(--float)',
    '--mantine-shadow-xl': 'var(--float)',
    '--mantine-line-height': '1.43',
  };
  return { variables: ours, light: ours, dark: ours };
};
