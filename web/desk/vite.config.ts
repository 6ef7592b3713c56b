import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://localhost:8080';

/** The desk is served by Hebra under /desk/; while one develops it, what is not the desk's goes on to a Hebra that runs. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/desk/',
  plugins: [react()],
  build: { outDir: '../../dist/desk', emptyOutDir: true, assetsInlineLimit: 0, target: 'es2023', sourcemap: false },
  server: {
    port: 5173,
    proxy: { '/api/live': { target: server, ws: true }, '/api': server },
  },
  preview: { proxy: { '/api/live': { target: server, ws: true }, '/api': server } },
});
