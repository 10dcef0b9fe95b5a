// The package as npm packs it, in projects that are built as others build theirs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { access, cp, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch, serve } from './chromium.mjs';
import { install } from './packed.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HERE = `${ROOT}/tests/consumers`;
const PACKAGE = `${HERE}/node_modules/datapath-lab`;
const run = (command, given, options) => execFileSync(command, given, { cwd: HERE, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
const of = (module) => import(pathToFileURL(`${HERE}/node_modules/${module}`));

let browser;
let server;

before(async () => {
  await install(HERE);
  [browser, server] = await Promise.all([launch(), serve(HERE)]);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

async function open(t, path) {
  const context = await browser.newContext({ baseURL: server.origin, viewport: { width: 1280, height: 800 } });
  t.after(() => context.close());
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) page.errors.push(message.text());
  });
  await page.goto(path);
  await page.locator('datapath-lab article').first().waitFor();
  return page;
}

test('what is packed is what the exports name, under the version of the workspace', async () => {
  const manifest = JSON.parse(await readFile(`${PACKAGE}/package.json`, 'utf8'));
  const names = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(names));
  for (const name of names(manifest.exports)) await access(`${PACKAGE}/${name}`);
  const workspace = await readFile(`${ROOT}/Cargo.toml`, 'utf8');
  assert.equal(manifest.version, /^version = "(.*)"$/m.exec(workspace)[1]);
  assert.match(await readFile(`${PACKAGE}/CHANGELOG.md`, 'utf8'), new RegExp(`^## ${manifest.version}$`, 'm'));
});

test('the sizes that the README states are the sizes', async () => {
  const { brotliCompressSync } = await import('node:zlib');
  const wasm = await readFile(`${PACKAGE}/datapath_wasm_bg.wasm`);
  const [, stated, compressed] = /WebAssembly \| ([\d,]+) kB \| ([\d,]+) kB/.exec(await readFile(`${PACKAGE}/README.md`, 'utf8'));
  const kilobytes = (text) => Number(text.replaceAll(',', ''));
  const near = (is, said, what) => assert.ok(Math.abs(is / 1000 - said) < said * 0.05, `${what}: ${Math.round(is / 1000)} kB, and the README says ${said}`);
  near(wasm.length, kilobytes(stated), 'the WebAssembly');
  near(brotliCompressSync(wasm).length, kilobytes(compressed), 'the WebAssembly, compressed');
});

test('Node.js', async () => {
  const found = JSON.parse(run(process.execPath, ['node/main.mjs']));
  assert.ok(found.usable && found.kind === 'cluster');
  assert.deepEqual(found.nodes, ['node1', 'node2', 'node3']);
  assert.match(found.picture, /<strong>iptables<\/strong>: Answered by pod web-/);
  assert.match(found.picture, /aria-label="The way through node\d: .*PREROUTING.*"/);
  assert.match(found.picture, /<a href="https:\/\/lab.example\/#v1\./);
  assert.doesNotMatch(found.picture, /nftables|<script|style=|class=|\n\n/);
  assert.ok(found.services.includes('shop/web'));
  assert.equal(found.broken.usable, false);
  assert.ok(found.broken.diagnostics[0].line >= 1);
  assert.match(found.files[0].text, /^table ip kube-proxy \{$/m);
  assert.deepEqual(found.journeys.map(({ datapath, outcome }) => [datapath, outcome.ending]), [
    ['iptables', 'answered'],
    ['nftables', 'answered'],
    ['ipvs', 'answered'],
  ]);
  const rules = (datapath, services) => found.costs.find((point) => point.datapath === datapath && point.services === services).first.rules;
  assert.ok(rules('iptables', 100) > rules('iptables', 10) && rules('ipvs', 100) === rules('ipvs', 10));
});

test('plain HTML', async (t) => {
  // The page names the package where `make package` puts it.
  const root = await serve(ROOT);
  t.after(() => root.close());
  const page = await open(t, `${root.origin}/tests/consumers/plain/index.html`);
  assert.deepEqual(page.errors, []);
});

test('Vite, with types and a worker', async (t) => {
  run(`${HERE}/node_modules/.bin/tsc`, ['-p', 'vite']);
  const { build } = await of('vite/dist/node/index.js');
  await build({ root: `${HERE}/vite`, base: './', logLevel: 'error', build: { outDir: 'dist', emptyOutDir: true }, worker: { format: 'es' } });
  const page = await open(t, '/vite/dist/index.html');
  await page.waitForFunction(() => document.title === 'nftables answered');
  assert.match(await page.evaluate(() => document.body.dataset.ready), /^0 of \d+, \d+\.\d+\.\d+$/);
  await page.waitForFunction(() => /unknown field/.test(document.body.dataset.refused));
  await page.waitForFunction(() => document.querySelector('#answer').value === 'ipvs answered');
  assert.match(await page.locator('datapath-lab header p').first().textContent(), /\p{Script=Han}/u);
  assert.deepEqual(page.errors, []);
});

test('webpack', async (t) => {
  const [{ default: webpack }, { default: config }] = await Promise.all([of('webpack/lib/index.js'), import(pathToFileURL(`${HERE}/webpack/webpack.config.mjs`))]);
  const stats = await new Promise((done, fail) => webpack(config, (error, stats) => (error ? fail(error) : done(stats))));
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  assert.deepEqual([...errors, ...warnings], []);
  const page = await open(t, '/webpack/index.html');
  await page.waitForFunction(() => document.body.dataset.parsed === 'error');
  assert.deepEqual(page.errors, []);
});

test('mdBook', async (t) => {
  run('mdbook', ['build', 'mdbook', '--dest-dir', `${HERE}/mdbook/dist`]);
  await cp(PACKAGE, `${HERE}/mdbook/dist/package`, { recursive: true });
  const page = await open(t, '/mdbook/dist/service.html');
  assert.deepEqual(await page.locator('datapath-lab article').evaluateAll((lanes) => lanes.map((lane) => lane.dataset.mode)), ['iptables']);
  // It is served as the folder `package` beside the lab would be.
  assert.match(await page.locator('datapath-lab .lab-link a').getAttribute('href'), /\/mdbook\/dist\/#v1\./);
  assert.deepEqual(page.errors, []);
});
