import { defineConfig } from 'vite';

/** One classic script, dist/widget.js: a hospital pastes one tag and needs nothing else. */
export default defineConfig({
  root: import.meta.dirname,
  // `h` itself: the automatic runtime brings a second way to make elements, 250 bytes gzipped
  oxc: {
    jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' },
    jsxInject: "import { h, Fragment } from 'preact'",
  },
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: '../../dist',
    emptyOutDir: false,
    target: 'es2022',
    lib: { entry: 'main.tsx', name: 'HebraWidget', formats: ['iife'], fileName: () => 'widget.js' },
  },
});
