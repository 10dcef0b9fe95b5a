// The page comes up in parts, and so does its program (split/).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { DIST } from './chromium.mjs';
import { openLab } from './lab.mjs';

const REST = /_rest\.wasm$/;
// What a page may load of the program and its glue before it works, compressed.
const AT_MOST = 450_000;
const lane = (page) => page.locator('.lanes .lane').first();
const compare = (page) => page.locator('section.compare').first();

test('what stands first is there first, and the rest when the page is scrolled', async (t) => {
  const page = await openLab(t, { stirs: false, width: 390, height: 844 });
  await lane(page).waitFor();
  assert.equal(await compare(page).count(), 0);
  await page.mouse.wheel(0, 200);
  await compare(page).waitFor({ timeout: 2500 });
  await page.locator('[data-ready]').waitFor();
  assert.equal(await page.locator('.lanes .lane').count(), 3);
  assert.deepEqual(page.errors, []);
});

test('a page that nobody touches comes up whole', async (t) => {
  const page = await openLab(t, { stirs: false });
  await page.locator('[data-ready]').waitFor();
  await compare(page).waitFor();
  assert.deepEqual(page.errors, []);
});

test(`the program that is there at first has at most ${AT_MOST / 1000} kB`, async (t) => {
  const page = await openLab(t, { path: 'about:blank', serviceWorkers: 'block', stirs: false });
  const names = new Set();
  page.on('request', (request) => names.add(new URL(request.url()).pathname));
  await page.goto('/');
  await lane(page).waitFor();
  const first = [...names].filter((name) => /\.(js|wasm)$/.test(name) && !REST.test(name));
  assert.deepEqual(first.map((name) => name.split('.').pop()).sort(), ['js', 'js', 'wasm'], 'program, glue, js/rest.js');
  const sizes = first.map((name) => [name, brotliCompressSync(readFileSync(join(DIST, name))).length]);
  assert.ok(sizes.reduce((sum, [, size]) => sum + size, 0) <= AT_MOST, `${sizes}`);
});

test('the rest of the program comes by itself, once', async (t) => {
  const asked = [];
  const page = await openLab(t, { path: 'about:blank' });
  page.on('request', (request) => REST.test(request.url()) && asked.push(request.resourceType()));
  await page.goto('/');
  await page.locator('[data-ready]').waitFor();
  await page.getByRole('button', { name: 'Command line' }).click();
  await page.keyboard.type('kubectl get services -A');
  await page.keyboard.press('Enter');
  await page.locator('.shell').getByText('ClusterIP').first().waitFor();
  assert.deepEqual(asked, ['fetch']);
});

test('who is faster than the rest hears that it is on its way, and can go on meanwhile', async (t) => {
  const page = await openLab(t, { path: 'about:blank' });
  let arrive;
  const isDue = new Promise((done) => (arrive = done));
  const asked = [];
  await page.route(REST, async (route) => {
    asked.push(route.request().resourceType());
    await isDue;
    await route.continue();
  });
  await page.goto('/');
  await page.getByText('The rest of the page is on its way').waitFor();
  const step = page.getByRole('button', { name: 'Step', exact: true });
  await step.click();
  await step.click();
  assert.equal(await compare(page).count(), 0);
  arrive();
  await page.locator('[data-ready]').waitFor();
  assert.equal(await page.getByText('The rest of the page is on its way').count(), 0);
  assert.deepEqual(asked, ['fetch'], 'nothing had the page stand still');
  assert.deepEqual(page.errors, []);
});

test('a rest that was lost on the way is fetched when it is needed', async (t) => {
  const page = await openLab(t, { path: 'about:blank' });
  await page.route(REST, (route) => (route.request().resourceType() === 'fetch' ? route.abort() : route.continue()));
  await page.goto('/');
  await page.locator('[data-ready]').waitFor();
  await compare(page).waitFor();
});

test('who is offline for a moment is asked, and goes on', async (t) => {
  const page = await openLab(t, { path: 'about:blank', stirs: false });
  let isOffline = true;
  await page.route(REST, (route) => (isOffline ? route.abort() : route.continue()));
  const asked = [];
  page.on('dialog', async (dialog) => {
    asked.push(dialog.message());
    isOffline = asked.length < 2;
    await dialog.accept();
  });
  await page.goto('/');
  await lane(page).waitFor();
  await page.mouse.wheel(0, 200);
  await compare(page).waitFor();
  assert.equal(asked.length, 2);
  assert.match(asked[0], /could not be fetched/);
});

test('a rest that cannot be had at all stops the lab, and says so', async (t) => {
  const page = await openLab(t, { path: 'about:blank', stirs: false });
  await page.route(REST, (route) => route.abort());
  page.on('dialog', (dialog) => dialog.dismiss());
  await page.goto('/');
  await lane(page).waitFor();
  await page.mouse.wheel(0, 200);
  const told = page.getByRole('alertdialog');
  await told.waitFor();
  await told.getByRole('link').first().waitFor();
});
