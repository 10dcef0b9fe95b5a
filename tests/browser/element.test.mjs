// <datapath-lab> in a plain page that knows nothing of it but its script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, serve } from './chromium.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let browser;
let server;

before(async () => {
  [browser, server] = await Promise.all([launch(), serve(ROOT)]);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

async function open(t, width = 1440) {
  const context = await browser.newContext({ baseURL: server.origin, viewport: { width, height: 900 } });
  t.after(() => context.close());
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) errors.push(message.text());
  });
  await page.goto('/tests/consumers/plain/index.html');
  await page.locator('datapath-lab article[data-mode="iptables"]').waitFor();
  return { page, errors };
}

test('the element shows the lab, and it works', async (t) => {
  const { page, errors } = await open(t);
  const figure = page.locator('datapath-lab');
  const before = await figure.locator('.sentence').first().textContent();
  await figure.getByRole('button', { name: 'Step', exact: true }).click();
  assert.notEqual(await figure.locator('.sentence').first().textContent(), before);
  await figure.getByRole('button', { name: 'Last step' }).click();
  assert.match(await figure.locator('[data-outcome]').first().textContent(), /Answered by pod web-/);
  assert.deepEqual(errors, []);
});

test('neither side touches the other', async (t) => {
  const { page } = await open(t);
  const paint = (locator) => locator.evaluate((element) => getComputedStyle(element).backgroundColor);
  const own = page.getByRole('button', { name: 'A button of the page' });
  assert.equal(await paint(own), 'rgb(255, 105, 180)', 'the figure leaves the page its styles');
  const step = page.locator('datapath-lab').getByRole('button', { name: 'Step', exact: true });
  assert.notEqual(await paint(step), 'rgb(255, 105, 180)', 'the page does not style the figure');
  assert.equal(await page.evaluate(() => localStorage.length), 0, 'nothing is kept in the page');
  assert.equal(new URL(page.url()).hash, '', 'the address is left alone');
  const before = await page.locator('datapath-lab .sentence').first().textContent();
  await page.locator('body').press('ArrowRight');
  assert.equal(await page.locator('datapath-lab .sentence').first().textContent(), before, 'keys belong to the page');
});

test('on a phone the figure stays inside its column', async (t) => {
  const { page } = await open(t, 390);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0);
  const box = (selector) => page.locator(`datapath-lab ${selector}`).first().boundingBox();
  const [scrubber, controls] = [await box('.scrubber'), await box('.controls')];
  assert.ok(scrubber.y >= controls.y + controls.height || controls.y >= scrubber.y + scrubber.height, 'nothing lies over anything');
});

test('the API answers without the element', async (t) => {
  const { page } = await open(t);
  const outcome = await page.evaluate(async () => {
    const { Lab, load } = await import('/pkg/datapath-lab.js');
    await load();
    const lab = new Lab();
    const target = lab.targets().find(({ service }) => service === 'shop/web');
    return lab.send(0, target.index).map(({ datapath, outcome }) => `${datapath} ${outcome.ending}`);
  });
  assert.deepEqual(outcome, ['iptables answered', 'nftables answered', 'ipvs answered']);
});
