/** @jsxImportSource preact */
import { render } from 'preact';
import '../ui/tokens.css';
import '../ui/base.css';
import './phone.css';
import { App } from './App.tsx';

/** The shared themes hang on the root: here they follow the system's wish. */
function dress() {
  const wish = (query: string) => matchMedia(query).matches;
  document.documentElement.dataset.theme = wish('(prefers-contrast: more)')
    ? 'contrast'
    : wish('(prefers-color-scheme: dark)')
      ? 'dark'
      : 'light';
}
dress();
for (const query of ['(prefers-contrast: more)', '(prefers-color-scheme: dark)'])
  matchMedia(query).addEventListener('change', dress);

render(<App />, document.getElementById('page')!);
