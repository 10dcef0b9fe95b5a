// A phone: what its first screen shows, and what can be pressed there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { SIZES, lane, openReady } from './lab.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const open = (t, options) => openReady(t, { ...SIZES.phone, ...options });
const chosen = (page) => page.locator('.send .chosen');

for (const locale of ['en', 'zh-CN']) {
  test(`${locale}: the first screen has the packet, the button, the step's sentence and the packet's header`, async (t) => {
    const page = await open(t, { locale });
    await page.locator('.sentence').first().waitFor();
    const bar = await page.locator('.transport .controls').boundingBox();
    let above = 0;
    for (const part of ['h1', '.send .chosen', '.send .first', '.lane.selected h2', '.lane.selected .sentence', '.lane.selected .header > .whole >> nth=0']) {
      const box = await page.locator(part).boundingBox();
      assert.ok(box.y >= above && box.y + box.height <= bar.y, `${part}: ${box.y}–${box.y + box.height}, ${above}–${bar.y}`);
      above = box.y;
    }
    const step = await page.locator('.transport .step').boundingBox();
    assert.ok(step.y + step.height <= 844);
    assert.deepEqual(page.errors, []);
  });
}

test('the fields are behind what they say, are reached by keyboard, and keep what was chosen', async (t) => {
  const page = await open(t);
  const through = page.getByLabel('Through');
  assert.ok(!(await through.isVisible()));
  assert.equal(await chosen(page).getAttribute('aria-expanded'), 'false');
  assert.match(await chosen(page).textContent(), /client-node1.*web:http.*10\.96\.12\.80:80 TCP/);
  await chosen(page).press('Enter');
  assert.equal(await chosen(page).getAttribute('aria-expanded'), 'true');
  await page.getByLabel('To Service').selectOption({ label: 'cart:http · TCP 80' });
  await page.locator('.other summary').click();
  await page.locator('.other').getByLabel('Source', { exact: true }).fill('10.244.1.200');
  await chosen(page).press('Enter');
  assert.ok(!(await through.isVisible()));
  assert.match(await chosen(page).textContent(), /cart:http/);
  await page.getByRole('button', { name: 'Send packet' }).click();
  const destination = await lane(page, 'iptables').locator('dl.header dd').nth(1).textContent();
  assert.ok((await chosen(page).textContent()).includes(destination.trim()));
  await chosen(page).press('Enter');
  assert.equal(await page.locator('.other').getByLabel('Source', { exact: true }).inputValue(), '10.244.1.200');
  assert.deepEqual(page.errors, []);
});

test('what cannot be sent opens the fields that it is about', async (t) => {
  const page = await open(t);
  await page.locator('.cluster textarea').fill('# iptables-save -t nat\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n');
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await page.locator('.send .notice').waitFor();
  assert.equal(await chosen(page).getAttribute('aria-expanded'), 'true');
  assert.ok(await page.locator('.other summary').isVisible());
  assert.deepEqual(page.errors, []);
});

test('a wide page has the fields themselves', async (t) => {
  const page = await openReady(t);
  assert.ok(!(await chosen(page).isVisible()));
  assert.ok(await page.getByLabel('Through').isVisible());
});

// The sizes of a phone as Lighthouse has it, of a larger one and of a small one.
for (const [width, height] of [[412, 823], [390, 844], [360, 740]]) {
  test(`${width} × ${height}: what is pressed on the first screen is large enough, and under nothing`, async (t) => {
    const page = await open(t, { width, height });
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => axe.run({ runOnly: ['target-size'] }));
    assert.deepEqual(violations.flatMap(({ nodes }) => nodes.map(({ html }) => html.slice(0, 120))), []);
    for (const name of ['Why?', 'Run apart']) {
      const link = page.locator('.lane.selected').getByRole('button', { name, exact: true });
      const { width: wide, height: high } = await link.boundingBox();
      assert.ok(wide >= 24 && high >= 24, `${name}: ${wide} × ${high}`);
      await link.click({ trial: true });
    }
  });
}
