// Lighthouse's opinion of the built page: `node tests/browser/lighthouse.mjs` prints the scores of a phone and a desktop
// (or of the one that is named),
// and fails below 95. It fetches Lighthouse itself, which is too large to be set up for everyone; LIGHTHOUSE= names one.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, relative } from 'node:path';
import { spawn } from 'node:child_process';
import { brotliCompressSync, constants } from 'node:zlib';
import { DIST, TYPES } from './chromium.mjs';

const LEAST = 95;
const PROGRAM = process.env.LIGHTHOUSE?.split(' ') ?? ['npx', '--yes', 'lighthouse@12.8.2'];
const folder = mkdtempSync(join(tmpdir(), 'lighthouse-'));

// As a server of static files does that has them compressed beforehand: one that compresses while it answers would hold
// up the style sheets behind the program.
const packed = new Map();
for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  const name = relative(DIST, path);
  if (!entry.isFile() || name.startsWith('docs') || name.startsWith('package')) continue;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  packed.set(name, brotliCompressSync(readFileSync(path), quality));
}
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const name = pathname === '/' ? 'index.html' : pathname.slice(1);
  if (!packed.has(name)) return response.writeHead(404).end('not found');
  response.writeHead(200, {
    'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
    'Content-Encoding': 'br',
    'Cache-Control': 'max-age=31536000, immutable',
  });
  response.end(packed.get(name));
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${server.address().port}/`;

async function audit(form) {
  const report = join(folder, `${form}.json`);
  const flags = ['--headless=new', ...readFileSync(new URL('chromium-args.txt', import.meta.url), 'utf8').trim().split('\n')];
  const given = [url, '--quiet', '--output=json', `--output-path=${report}`, `--chrome-flags=${flags.join(' ')}`];
  if (form === 'desktop') given.push('--preset=desktop');
  const [program, ...first] = PROGRAM;
  const env = { ...process.env, CHROME_PATH: process.env.CHROME ?? '/usr/bin/chromium' };
  const run = spawn(program, [...first, ...given], { stdio: ['ignore', 'inherit', 'inherit'], env });
  const code = await new Promise((done) => run.on('close', done));
  if (code !== 0) throw new Error(`lighthouse ended with ${code}`);
  return JSON.parse(readFileSync(report, 'utf8'));
}

let isGood = true;
for (const form of process.argv.length > 2 ? process.argv.slice(2) : ['phone', 'desktop']) {
  const { categories, audits } = await audit(form);
  for (const { id, score, auditRefs } of Object.values(categories)) {
    const points = Math.round(score * 100);
    console.log(`${form} ${id}: ${points}`);
    isGood &&= points >= LEAST;
    for (const { id, weight } of auditRefs.filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.95)) {
      console.log(`  ${id}: ${audits[id].displayValue ?? audits[id].title} (${audits[id].score}, weight ${weight})`);
      for (const item of audits[id].details?.items?.slice(0, 5) ?? []) console.log(`    ${JSON.stringify(item).slice(0, 300)}`);
    }
  }
}
server.close();
rmSync(folder, { recursive: true });
process.exitCode = isGood ? 0 : 1;
