// The package in a Docusaurus site, whose packages come beside the build: scripts/test.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, serve } from './chromium.mjs';
import { install } from './packed.mjs';

const HERE = fileURLToPath(new URL('../consumers/docusaurus', import.meta.url));
let browser;
let server;

before(async () => {
  await install(HERE);
  execFileSync('npx', ['docusaurus', 'build'], { cwd: HERE, stdio: ['ignore', 'inherit', 'inherit'] });
  [browser, server] = await Promise.all([launch(), serve(fileURLToPath(new URL('../consumers', import.meta.url)))]);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

test('a figure in a Docusaurus page', async (t) => {
  // Without scripts its text is there, as in every page that is rendered beforehand.
  assert.match(await readFile(`${HERE}/build/index.html`, 'utf8'), /<datapath-lab[^>]*>\s*<p>A live figure/);
  const context = await browser.newContext({ baseURL: server.origin });
  t.after(() => context.close());
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto('/docusaurus/build/');
  await page.locator('datapath-lab article[data-mode="ipvs"]').waitFor();
  await page.locator('datapath-lab').getByRole('button', { name: 'Step', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('datapath-lab').state.step === 1);
  assert.deepEqual(errors, []);
});
