import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = process.env['POSECRAFT_SERVER'] ?? 'http://127.0.0.1:8080'
const routes = ['/process', '/process-batch', '/image-status', '/images', '/files', '/limits']

export default defineConfig({
  base: './',
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: '../share/page',
    emptyOutDir: true,
    // Nothing may come as a data: address or inline: the page runs under a strict policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      ...Object.fromEntries(routes.map((route) => [route, server])),
      '/live': { target: server, ws: true },
    },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
