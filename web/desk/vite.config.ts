import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const server = 'http://localhost:8080';

/**
 * Of the contracts the desk uses the types and a few functions, never a schema: zod would be 35 kB (gz) that nobody calls.
 * In its place stands something that answers every call with itself.
 */
const withoutSchemas: Plugin = {
  name: 'without-schemas',
  enforce: 'pre',
  resolveId: (id) => (id === 'zod' ? '\0no-zod' : undefined),
  load: (id) =>
    id === '\0no-zod' ? 'export const z = new Proxy(() => z, { get: () => z, apply: () => z });' : undefined,
};

/** The desk is served by Hebra under /desk/; while one develops it, what is not the desk's goes on to a Hebra that runs. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/desk/',
  plugins: [withoutSchemas, react()],
  build: { outDir: '../../dist/desk', emptyOutDir: true, assetsInlineLimit: 0, target: 'es2023', sourcemap: false },
  server: {
    port: 5173,
    proxy: { '/api/live': { target: server, ws: true }, '/api': server },
  },
  preview: { proxy: { '/api/live': { target: server, ws: true }, '/api': server } },
});
