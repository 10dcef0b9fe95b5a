// The lab in a frame, for places that allow no scripts of others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

const lanes = (page) => page.locator('article').evaluateAll((all) => all.map((lane) => lane.dataset.mode));

test('an address shows a figure and nothing else', async (t) => {
  const page = await openLab(t, { path: '/?embed&view=lane&datapaths=ipvs&target=shop/web&step=4&controls=steps&theme=dark' });
  await page.locator('article').waitFor();
  assert.deepEqual(await lanes(page), ['ipvs']);
  assert.equal(await page.locator('.masthead, .send, .operate, .footer').count(), 0);
  assert.equal(await page.getByRole('slider', { name: 'Position' }).inputValue(), '4');
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  assert.deepEqual(page.errors, []);
});

test('its fragment is a link of the lab, and leads back there', async (t) => {
  const page = await openLab(t, { path: '/?embed&view=trace&language=zh-CN&step=7' });
  await page.locator('article').first().waitFor();
  const href = await page.locator('.lab-link a').getAttribute('href');
  const told = await page.locator('.sentence').allTextContents();
  const fragment = href.split('#')[1];
  await page.goto('about:blank');
  await page.goto(`${new URL(href).pathname}?embed&view=trace&language=zh-CN#${fragment}`.replace(/^/, new URL(href).origin));
  await page.locator('article').first().waitFor();
  assert.deepEqual(await page.locator('.sentence').allTextContents(), told);
  await page.goto(href);
  await page.locator('[data-ready]').waitFor();
  assert.equal(await page.getByRole('slider', { name: 'Position' }).inputValue(), '7');
});

test('what is wrong with it is said in its place', async (t) => {
  for (const [path, words] of [
    ['/?embed&scenario=atlantis', /no scenario "atlantis"/],
    ['/?embed&view=all', /view has "all"/],
    ['/?embed#v1.abc', /its end is missing/],
  ]) {
    const page = await openLab(t, { path });
    assert.match(await page.getByRole('alert').textContent(), words);
    assert.deepEqual(page.errors, []);
  }
});

test('it prints what it shows, without what is pressed', async (t) => {
  const page = await openLab(t, { path: '/?embed&view=lane&datapaths=ipvs&target=shop/web&step=6' });
  await page.locator('article').waitFor();
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.locator('article .sentence').isVisible());
  assert.ok(!(await page.locator('.send').isVisible()));
});
