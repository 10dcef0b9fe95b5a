// What the lab gives to be copied into another page, and that it is there what it was here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

const told = (scope) => scope.locator('article[data-mode="ipvs"] .sentence').textContent();

async function copied(t, options) {
  // The lab's worker would answer for the other page, too, since both have one origin here.
  const page = await openLab(t, { width: 1440, height: 900, serviceWorkers: 'block', ...options });
  await page.locator('[data-ready]').waitFor();
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowRight');
  await page.locator('button.share').click();
  await page.locator('.embedding summary').click();
  return page;
}

test('element and frame show in another page what the lab showed', async (t) => {
  const page = await copied(t);
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Part').selectOption({ label: 'One lane' });
  await sheet.getByLabel('Datapath').selectOption({ label: 'IPVS' });
  await sheet.getByLabel('Controls').selectOption({ label: 'steps', exact: true });
  await sheet.getByLabel('Height in pixels').fill('720');
  await sheet.getByLabel('Height in pixels').press('Tab');
  const here = await page.locator('#lanes').evaluate((lanes) => lanes.querySelector('article[data-mode="ipvs"] .sentence').textContent);
  const preview = page.frameLocator('iframe.preview');
  await preview.locator('article').waitFor();
  assert.equal(await told(preview), here);
  assert.equal(await preview.locator('article').count(), 1);
  const width = await page.locator('iframe.preview').evaluate((frame) => frame.clientWidth);
  assert.ok(width > 1100, `the preview is as wide as a page has room for: ${width}`);
  const codes = [await sheet.getByRole('textbox', { name: 'Element' }).inputValue(), await sheet.getByRole('textbox', { name: 'Frame' }).inputValue()];
  assert.match(codes[0], /height="720"/);
  assert.match(codes[1], /height="720"/);
  await page.route('**/host.html', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html><html lang="en"><title>Host</title>${codes.join('\n')}` }));
  await page.goto('/host.html');
  const element = page.locator('datapath-lab');
  await element.locator('article').waitFor();
  assert.equal(await told(element), here);
  assert.equal(await element.locator('.send').count(), 0);
  assert.equal(await element.evaluate((element) => Math.round(element.getBoundingClientRect().height)), 720);
  const frame = page.frameLocator('iframe');
  await frame.locator('article').waitFor();
  assert.equal(await told(frame), here);
  // What stands inside the element, not what it shows.
  const inside = await element.evaluate(({ children: [picture] }) => [picture.querySelector('a').hash, picture.checkVisibility()]);
  assert.match(inside[0], /^#v1\./);
  assert.equal(inside[1], false, 'the picture makes way for the figure');
  assert.deepEqual(page.errors, []);
});

test('it fits on a phone', async (t) => {
  const page = await copied(t, { width: 390, height: 844 });
  await page.frameLocator('iframe.preview').locator('article').first().waitFor();
  const overflow = await page.getByRole('dialog').evaluate((sheet) => sheet.scrollWidth - sheet.clientWidth);
  assert.equal(overflow, 0);
  assert.deepEqual(page.errors, []);
});

test('the code has a still picture, which is there without scripts', async (t) => {
  const page = await copied(t);
  const sheet = page.getByRole('dialog');
  const code = () => sheet.getByRole('textbox', { name: 'Element' }).inputValue();
  const still = await code();
  const choice = sheet.getByLabel('With a still picture');
  await choice.uncheck();
  assert.doesNotMatch(await code(), /<svg/);
  await choice.check();
  await sheet.getByLabel('Language').selectOption({ label: '简体中文' });
  assert.doesNotMatch(await code(), /<svg/, 'its words are English');
  assert.ok(await choice.isDisabled());
  const context = await page.context().browser().newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  t.after(() => context.close());
  const host = await context.newPage();
  await host.setContent(`<!doctype html><html lang="en"><title>Host</title>${still}`);
  for (const name of ['iptables', 'nftables', 'IPVS']) {
    assert.ok(await host.getByText(new RegExp(`^${name}: Answered by pod web-`)).isVisible(), name);
  }
  // IPVS takes the packet at INPUT, the others pass it on: the pictures say so, too.
  const ways = await host.locator('svg').evaluateAll((all) => all.map((map) => map.getAttribute('aria-label')));
  assert.ok(ways.some((way) => way.includes('INPUT')) && ways.some((way) => !way.includes('INPUT')), ways.join('\n'));
  assert.equal(await host.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
});
