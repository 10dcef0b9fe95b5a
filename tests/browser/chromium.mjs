// The built page on a local server, and the Chromium that opens it. Without the test runner,
// so that bench.mjs can use it too.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = fileURLToPath(new URL('.', import.meta.url));
export const DIST = process.env.DIST ?? join(here, '../../dist');

export const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.yaml': 'text/plain; charset=utf-8',
};

const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

// Serves `dir` on a free port. An address without a file of its own gets index.html, since
// the page's own router knows the rest.
export async function serve(dir = DIST) {
  if (dir === DIST && !isFile(join(dir, 'index.html'))) throw new Error(`no page in ${dir}: run 'make build'`);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    let file = join(dir, normalize(decodeURIComponent(pathname)));
    if (pathname.endsWith('/') && isFile(join(file, 'index.html'))) file = join(file, 'index.html');
    if (!isFile(file) && extname(file) === '') file = join(dir, 'index.html');
    if (!isFile(file)) return response.writeHead(404).end('not found');
    response.writeHead(200, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Length': statSync(file).size,
    });
    createReadStream(file).pipe(response);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROME ?? '/usr/bin/chromium',
    args: readFileSync(join(here, 'chromium-args.txt'), 'utf8').trim().split('\n'),
  });
}
