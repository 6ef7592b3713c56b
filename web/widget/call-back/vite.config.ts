import { defineConfig } from 'vite';

/** dist/widget-call-back.js: a module that widget.js fetches when somebody wants to be called, so that it stays small. */
export default defineConfig({
  root: import.meta.dirname,
  oxc: {
    jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' },
    jsxInject: "import { h, Fragment } from 'preact'",
  },
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: '../../../dist',
    emptyOutDir: false,
    target: 'es2022',
    lib: { entry: 'main.tsx', formats: ['es'], fileName: () => 'widget-call-back.js' },
  },
});
