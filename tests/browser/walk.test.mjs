// Longer strides along the packet's way, and lanes that are run apart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIZES, lane, openReady as open, sentence, stepTo, takeTour } from './lab.mjs';

const position = async (page) => Number(await page.getByRole('slider', { name: 'Position' }).inputValue());
const button = (page, name) => page.getByRole('button', { name, exact: true });

for (const [name, size] of Object.entries(SIZES)) {
  test(`${name}: over a chain, and on to the verdict, by button`, async (t) => {
    const page = await open(t, size);
    await stepTo(page, 'iptables', /Into chain .*KUBE-FORWARD/);
    const inside = await position(page);
    await button(page, 'Step over the chain').click();
    assert.match(await sentence(page, 'iptables'), /KUBE-FORWARD ends: back to the rule after the jump/);
    assert.ok((await position(page)) > inside);
    await button(page, 'First step').click();
    await button(page, 'Run to the verdict').click();
    assert.match(await sentence(page, 'iptables'), /^Accepted/);
    await button(page, 'Run to the verdict').click();
    assert.match(await sentence(page, 'iptables'), /destination/i);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0);
    for (const box of await page.locator('.transport .buttons button').evaluateAll((all) =>
      all.map((one) => ({ width: one.offsetWidth, cut: one.scrollWidth > one.clientWidth })))) {
      assert.ok(box.width >= 24 && !box.cut, JSON.stringify(box));
    }
    assert.deepEqual(page.errors, []);
  });
}

test('keys: over a chain, to the verdict, and both on the sheet', async (t) => {
  const page = await open(t);
  await stepTo(page, 'iptables', /Into chain .*KUBE-FORWARD/);
  await page.keyboard.press('o');
  await page.getByText('KUBE-FORWARD ends: back to the rule after the jump', { exact: false }).first().waitFor();
  await page.keyboard.press('Home');
  await page.keyboard.press('v');
  await lane(page, 'iptables').locator('.sentence', { hasText: /^Accepted/ }).waitFor();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  for (const what of ['step over the chain', 'run to the verdict', 'run the selected lane apart']) {
    await sheet.getByText(what, { exact: false }).waitFor();
  }
  assert.deepEqual(page.errors, []);
});

test('a lane that is run apart moves alone, and comes back to the others', async (t) => {
  const page = await open(t);
  for (let step = 0; step < 3; step += 1) await button(page, 'Step').click();
  const said = () => Promise.all(['iptables', 'nftables', 'ipvs'].map((mode) => sentence(page, mode)));
  const before = await said();
  await lane(page, 'nftables').getByRole('button', { name: 'Run apart' }).click();
  for (let step = 0; step < 4; step += 1) await button(page, 'Step').click();
  const apart = await said();
  assert.deepEqual([apart[0], apart[2]], [before[0], before[2]]);
  assert.notEqual(apart[1], before[1]);
  assert.match(await page.locator('.scrubber output').textContent(), /^nftables: 8 of/);
  await page.keyboard.press('1');
  assert.equal(await position(page), 3, 'the others are where they were');
  await page.keyboard.press('ArrowRight');
  assert.equal(await sentence(page, 'nftables'), apart[1]);
  await page.keyboard.press('2');
  await page.keyboard.press('End');
  await lane(page, 'nftables').locator('[data-outcome]').waitFor();
  assert.equal(await lane(page, 'iptables').locator('[data-outcome]').count(), 0);
  await page.keyboard.press('a');
  assert.equal(await position(page), 4);
  assert.equal(await lane(page, 'nftables').locator('[data-outcome]').count(), 0);
  assert.deepEqual(page.errors, []);
});

test('a hop that is counted is said, marked, and beside what it was', async (t) => {
  const page = await open(t);
  const ttl = (mode) => lane(page, mode).locator('.header > div', { hasText: 'TTL' }).last();
  await stepTo(page, 'iptables', /One hop is counted: TTL 64 → 63/);
  assert.match(await sentence(page, 'iptables'), /^FORWARD/);
  assert.match(await ttl('iptables').locator('del').textContent(), /64$/);
  assert.equal(await ttl('iptables').locator('ins').textContent(), '63');
  assert.match(await ttl('iptables').getAttribute('class'), /just/);
  await page.keyboard.press('w');
  assert.match(await lane(page, 'iptables').locator('.why').textContent(), /ip_forward/);
  await page.keyboard.press('Home');
  await stepTo(page, 'ipvs', /One hop is counted: TTL 64 → 63/);
  assert.match(await sentence(page, 'ipvs'), /destination is rewritten/);
  assert.match(await lane(page, 'ipvs').locator('.why').textContent(), /decrement_ttl/);
  assert.deepEqual(page.errors, []);
});

test('the tour rings the button that it speaks of', async (t) => {
  const page = await open(t);
  await takeTour(page);
  const ringed = () => page.evaluate(() => [...document.querySelectorAll('.send button, .transport button')]
    .filter((one) => getComputedStyle(one).outlineStyle === 'solid' && getComputedStyle(one).outlineWidth === '3px')
    .map((one) => one.getAttribute('aria-label') ?? one.textContent.trim()));
  const said = [];
  for (let stop = 0; stop < 5; stop += 1) {
    said.push(await ringed());
    await page.locator('.tour .buttons button').last().click();
  }
  assert.deepEqual(said, [['Send packet'], ['Step'], ['Backend chosen'], ['Last step'], ['Next packet']]);
  assert.deepEqual(page.errors, []);
});
