// Tables: those that are wider than their room say so, and are moved by keyboard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIZES, openReady } from './lab.mjs';

// All tables of the page, after a change and with all that is folded shown.
async function open(t, size) {
  const page = await openReady(t, size);
  await page.getByLabel('One replica more: Deployment shop/web').click();
  await page.locator('.rounds > li').first().waitFor();
  await page.getByRole('button', { name: 'Open them' }).click();
  await page.locator('.answers table').first().waitFor();
  await page.evaluate(() => document.querySelectorAll('main details').forEach((details) => (details.open = true)));
  return page;
}

const tables = (page) =>
  page.locator('main table').evaluateAll((tables) =>
    tables.map((table) => {
      const room = table.closest('.scroll') ?? table.parentElement;
      const name = (room.getAttribute('aria-label') ?? table.textContent).slice(0, 40);
      return { name, over: room.scrollWidth - room.clientWidth, scrolls: room.matches('.scroll[tabindex="0"][role="group"][aria-label]') };
    }),
  );

test('a phone: every table that goes on is moved by keyboard, and its edge is in shadow until it ends', async (t) => {
  const page = await open(t, SIZES.phone);
  const wide = (await tables(page)).filter(({ over }) => over > 0);
  assert.ok(wide.length >= 4, `${wide.length}`);
  assert.deepEqual(wide.filter(({ scrolls }) => !scrolls), []);
  const totals = page.locator('.totals .scroll');
  await totals.scrollIntoViewIfNeeded();
  // The brightness of the table's last pixels, between its lines.
  const edge = async () => {
    const { x, y, width } = await totals.boundingBox();
    const picture = await page.screenshot({ clip: { x: x + width - 3, y: y + 4, width: 3, height: 6 } });
    return page.evaluate(async (bytes) => {
      const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
      const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
      canvas.drawImage(image, 0, 0);
      const { data } = canvas.getImageData(0, 0, image.width, image.height);
      return data.reduce((sum, value) => sum + value, 0) / data.length;
    }, [...picture]);
  };
  const before = await edge();
  await totals.focus();
  for (let presses = 0; presses < 20; presses += 1) await page.keyboard.press('ArrowRight');
  await page.waitForFunction((room) => room.scrollLeft > room.scrollWidth - room.clientWidth - 1, await totals.elementHandle());
  await page.waitForTimeout(200);
  const after = await edge();
  assert.ok(after - before > 15, `${before}, then ${after}`);
  const name = await totals.locator('th[scope="rowgroup"]').first().boundingBox();
  assert.ok(name.x >= (await totals.boundingBox()).x - 1, 'the name of the row stays');
  assert.deepEqual(page.errors, []);
});

for (const width of [1280, 1440]) {
  test(`${width} pixels: no table is wider than its room`, async (t) => {
    const page = await open(t, { width, height: 900 });
    assert.deepEqual((await tables(page)).filter(({ over }) => over > 0), []);
    assert.equal(await page.locator('.efforts').count(), 1);
  });
}
