import { defineConfig } from 'vite';

/** The demo patient's phone, and the page of a hospital with the window on it. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/demo/phone/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/phone',
    emptyOutDir: true,
    target: 'es2022',
    // Fonts and icons as files: the pages' Content-Security-Policy allows no data: addresses for them.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: import.meta.dirname + '/index.html', site: import.meta.dirname + '/site.html' },
    },
  },
});
