// What others have measured, beside what the model counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

test('desktop: the model runs at the sizes that others have measured, and its counts grow where theirs do', async (t) => {
  const page = await openLab(t, { width: 1440, height: 900 });
  const published = page.locator('.published');
  const counts = async (mode) => {
    const cells = await published.locator(`tbody tr[data-mode="${mode}"] td:last-child`).allTextContents();
    return cells.map((text) => Number(text.replaceAll(',', ''))).filter(Number.isFinite);
  };
  assert.deepEqual(await counts('iptables'), [], 'nothing is shown that was not run');
  const run = published.getByRole('button', { name: /^Run the model/ });
  await run.click();
  // Three sizes, three datapaths.
  const all = () => {
    const cells = [...document.querySelectorAll('.published tbody td:last-child')];
    return cells.filter((cell) => /^[\d,]+$/.test(cell.textContent)).length === 9;
  };
  await page.waitForFunction(all, null, { timeout: 300_000 });
  assert.equal(await run.isDisabled(), true, 'what was run needs no second run');
  const [iptables, nftables] = [await counts('iptables'), await counts('nftables')];
  assert.equal(iptables.length, 3);
  // A rule for each Service is tested one after the other, up to the one in the middle; a map is asked once.
  assert.equal(iptables[1] - iptables[0], (10_000 - 5_000) / 2);
  assert.equal(iptables[2] - iptables[1], (30_000 - 10_000) / 2);
  assert.deepEqual(nftables, Array(3).fill(nftables[0]));

  // Each bar of the chart says what was measured and what the model makes of it.
  const label = await published.locator('canvas').getAttribute('aria-label');
  const times = await published.locator('tbody tr[data-mode="iptables"] td:nth-last-child(2)').allTextContents();
  for (const [index, measured] of ['49–156', '61–262', '274–716'].entries()) {
    assert.ok(label.includes(`iptables ${measured}, model ${times[index]}`), `${times[index]}: ${label}`);
  }
  assert.ok(await published.locator('.legend').getByText('model’s estimate').isVisible());
  assert.deepEqual(page.errors, []);
});
