// Prints what the browser downloads and how soon a cold load can be used.
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { DIST, launch, serve } from './chromium.mjs';

const RUNS = 7;
const kB = (bytes) => `${(bytes / 1000).toFixed(1).padStart(8)} kB`;

console.log(`${'file'.padEnd(44)}${['raw', 'gzip', 'brotli'].map((name) => name.padStart(11)).join('')}`);
for (const name of readdirSync(DIST).filter((name) => ['.wasm', '.js', '.css'].includes(extname(name)))) {
  const bytes = readFileSync(join(DIST, name));
  const sizes = [bytes, gzipSync(bytes, { level: 9 }), brotliCompressSync(bytes)];
  console.log(name.padEnd(44) + sizes.map(({ length }) => kB(length)).join(''));
}

// A new browser each time: neither its cache nor its compiled code may help.
async function coldLoad(origin) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const begin = performance.now();
    await page.goto(origin, { waitUntil: 'commit' });
    await page.locator('.send .buttons button').first().click({ trial: true, timeout: 15_000 });
    return performance.now() - begin;
  } finally {
    await browser.close();
  }
}

const server = await serve();
try {
  const times = [];
  for (let run = 0; run < RUNS; run += 1) times.push(await coldLoad(server.origin));
  times.sort((a, b) => a - b);
  const [first, median, last] = [0, RUNS >> 1, RUNS - 1].map((index) => times[index].toFixed(0));
  console.log(`navigation to first interaction, cold: median ${median} ms of ${RUNS} (${first} to ${last})`);
} finally {
  await server.close();
}
