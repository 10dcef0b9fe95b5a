// What a user takes from the screen to paper and into other programs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab, rows, saved } from './lab.mjs';

async function open(t, options) {
  const page = await openLab(t, { width: 1440, height: 900, ...options });
  await page.locator('[data-ready]').waitFor();
  return page;
}

for (const [size, options] of [['desktop', {}], ['phone', { width: 390, height: 844, isMobile: true }]]) {
  test(`${size}: a trace on paper has every step of the chosen lane, and no controls`, async (t) => {
    const page = await open(t, { ...options, colorScheme: 'dark' });
    await page.keyboard.press('2');
    const lane = page.locator('article[data-mode="nftables"]');
    const steps = Number(await lane.locator('.moments .disclosure .number').textContent());
    await page.evaluate(() => (window.print = () => (window.printed = true)));
    await page.getByRole('button', { name: 'Keep and share' }).click();
    await page.getByRole('button', { name: 'Print the steps' }).click();
    await page.waitForFunction(() => window.printed);

    await page.emulateMedia({ media: 'print' });
    const paper = page.locator('.handout');
    await paper.waitFor();
    assert.match(await paper.locator('h2').textContent(), /^nftables · /);
    assert.equal(await paper.locator('tbody tr:not(.place)').count(), steps);
    const rewrites = await paper.locator('tbody td:last-child', { hasText: 'Destination' }).allTextContents();
    assert.ok(rewrites.some((text) => /10\.96\.12\.80:80 → 10\.244\.\d+\.\d+:8080/.test(text)), String(rewrites));
    for (const control of ['button', 'select', 'input', '.lane']) {
      assert.equal(await page.locator(`${control}:visible`).count(), 0, control);
    }
    const ink = await paper.evaluate((element) => getComputedStyle(element).color.match(/\d+/g).map(Number));
    assert.ok(Math.max(...ink) < 60, `dark on white: ${ink}`);

    await page.emulateMedia({ media: 'screen' });
    await paper.waitFor({ state: 'detached' });
    assert.deepEqual(page.errors, []);
  });
}

test('pictures and tables are saved, with what they show in words', async (t) => {
  const page = await open(t);
  const svg = await saved(page, page.getByRole('button', { name: 'Save as SVG' }));
  assert.equal(svg.name, 'structure-iptables-node1.svg');
  const picture = await page.evaluate((text) => {
    const document = new DOMParser().parseFromString(text, 'image/svg+xml');
    const rect = document.querySelector('rect');
    return {
      root: document.documentElement.localName,
      title: document.querySelector('title').textContent,
      chains: document.querySelectorAll('text').length,
      fill: rect.getAttribute('fill'),
    };
  }, svg.bytes.toString());
  assert.deepEqual([picture.root, picture.title], ['svg', 'Chains of node1 in iptables mode']);
  assert.equal(picture.chains, await page.locator('.picture text').count());
  assert.match(picture.fill, /^rgb/);

  await page.locator('.curve').scrollIntoViewIfNeeded();
  await page.locator('.curve .progress[data-done]').waitFor({ timeout: 60_000 });
  const png = await saved(page, page.locator('.curve').getByRole('button', { name: 'Save as PNG' }));
  assert.equal(png.bytes.subarray(1, 4).toString(), 'PNG');
  // With two pixels for each of the screen's, and a title and a legend above what the page shows.
  const shownAt = await page.locator('.curve canvas').evaluate(({ width, height }) => ({ width, height }));
  assert.equal(png.bytes.readUInt32BE(16), 2 * shownAt.width);
  assert.ok(png.bytes.readUInt32BE(20) > 2 * shownAt.height + 80);
  const costs = rows((await saved(page, page.locator('.curve').getByRole('button', { name: 'Save as CSV' }))).bytes.toString());
  assert.equal(costs[0][0], 'services');
  await page.locator('.curve summary').click();
  const shown = await page.locator('.curve tbody tr').last().locator('td').allTextContents();
  const last = costs.filter(([services, , , packet]) => services === '2000' && packet === 'first');
  assert.deepEqual(last.map((row) => row[4]), shown.map((text) => text.replaceAll(',', '')));

  const answers = page.locator('.answers');
  await answers.getByRole('button', { name: '100', exact: true }).click();
  await answers.getByRole('button', { name: 'Open them' }).click();
  await answers.locator('.progress[data-done]').waitFor();
  const found = rows((await saved(page, answers.getByRole('button', { name: 'Save as CSV' }))).bytes.toString());
  const counted = found.filter(([mode]) => mode === 'iptables').reduce((sum, row) => sum + Number(row[3]), 0);
  assert.equal(counted, 100);
  assert.deepEqual(page.errors, []);
});
