import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const server = process.env['POSECRAFT_SERVER'] ?? 'http://127.0.0.1:8080'
/** Each route of the program, by its first part: the development server passes them on. */
const api = readFileSync(new URL('../api/openapi.yaml', import.meta.url), 'utf8')
const routes = [...new Set(api.match(/(?<=^ {2})\/[\w.-]+/gm))]

const outDir = fileURLToPath(new URL('../share/page', import.meta.url))

/** FILE.br and FILE.gz beside each file: the program sends them to browsers that take them. */
function compress(): Plugin {
  let assets = ''
  return {
    name: 'compress',
    apply: 'build',
    configResolved({ root, build }) {
      assets = path.resolve(root, build.outDir, build.assetsDir)
    },
    closeBundle() {
      for (const name of readdirSync(assets).filter((one) => /\.(js|css)$/.test(one))) {
        const file = path.join(assets, name)
        const bytes = readFileSync(file)
        writeFileSync(`${file}.br`, brotliCompressSync(bytes))
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
      }
    },
  }
}

/** A plain script in the head, by its own name: it must run before the first paint. */
function themeFirst(): Plugin {
  return {
    name: 'theme-first',
    transformIndexHtml: () => [{ tag: 'script', attrs: { src: './theme.js' }, injectTo: 'head' }],
  }
}

export default defineConfig({
  base: './',
  plugins: [react(), themeFirst(), compress()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir,
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
