// The tour, tabs beside each other, names of labs, and what no packet comes to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab, takeTour } from './lab.mjs';

const SIZES = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844, hasTouch: true, isMobile: true },
};
const DEAD = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:UNUSED - [0:0]
:USED - [0:0]
-A INPUT -p tcp -j USED
-A INPUT -j DROP
-A INPUT -p udp -m udp --dport 53 -j ACCEPT
-A UNUSED -j RETURN
-A USED -j RETURN
COMMIT
2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500
    inet 10.0.0.2/24 scope global eth0
`;

const ready = (page) => page.locator('[data-ready]').waitFor({ timeout: 60_000 });
const kept = (page) => page.waitForTimeout(700);

async function open(t, size) {
  const page = await openLab(t, size);
  await ready(page);
  return page;
}

async function load(page, text) {
  await page.getByLabel('Cluster as YAML or JSON').fill(text);
  await page.getByRole('button', { name: 'Load', exact: true }).click();
}

for (const [name, size] of Object.entries(SIZES)) {
  test(`${name}: the tour follows what is done, is left at any time and taken up again`, async (t) => {
    const page = await open(t, size);
    assert.equal(await page.locator('.tour').count(), 0, 'nobody is led who did not ask');
    await takeTour(page);
    const tour = page.locator('.tour');
    const title = () => tour.getByRole('heading').textContent();
    assert.equal(await title(), 'One packet, three datapaths');
    await page.getByRole('button', { name: 'Send packet' }).click();
    assert.equal(await title(), 'Step by step');
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    assert.equal(await title(), 'Who answers?');
    await page.keyboard.press('Escape');
    await tour.getByRole('button', { name: /^Leave/ }).click();
    assert.equal(await tour.count(), 0);
    await kept(page);
    await page.reload();
    await ready(page);
    await takeTour(page);
    assert.equal(await title(), 'Who answers?', 'it goes on where it was left');
    await page.getByRole('button', { name: 'Backend chosen' }).click();
    await page.getByRole('button', { name: 'Last step' }).click();
    await page.getByRole('button', { name: 'Next packet' }).click();
    assert.equal(await title(), 'Now you');
    await tour.getByRole('button', { name: 'Done' }).click();
    assert.equal(await tour.count(), 0);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0);
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: what no packet comes to is marked, and said why`, async (t) => {
    const page = await open(t, size);
    await load(page, DEAD);
    await page.getByRole('heading', { level: 2, name: 'Your node' }).waitFor();
    const findings = page.locator('.findings');
    await findings.locator('summary').click();
    assert.match(await findings.textContent(), /No packet comes to 1 chain and 1 rule/);
    assert.match(await findings.textContent(), /No packet goes on behind .*-j DROP/);
    await findings.getByRole('button', { name: /UNUSED/ }).click();
    assert.match(await findings.getByRole('status').textContent(), /No packet comes to filter UNUSED/);
    assert.equal(await page.locator('.picture .dead text').textContent(), 'filter UNUSED');
    const line = page.locator('.code .dead', { hasText: '--dport 53' });
    await line.click();
    assert.match(await page.locator('.ruleset').first().textContent(), /No packet comes here: no packet goes on behind/);
    assert.deepEqual(page.errors, []);
  });
}

test('two tabs with one lab: each goes on with a lab of its own', async (t) => {
  const page = await open(t, SIZES.desktop);
  await page.getByLabel('One replica more: Deployment shop/web').click();
  await kept(page);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await ready(other);
  await other.getByLabel('One replica more: Deployment shop/cart').click();
  await kept(other);
  await page.getByLabel('One replica more: Deployment shop/web').click();
  await page.getByText('This lab is open in another tab').waitFor();
  await kept(page);
  const replicas = async (page, of) => page.getByLabel(`Replicas: Deployment shop/${of}`).textContent();
  assert.deepEqual([await replicas(page, 'web'), await replicas(page, 'cart')], ['5', '2']);
  assert.deepEqual([await replicas(other, 'web'), await replicas(other, 'cart')], ['4', '3']);
  await page.reload();
  await ready(page);
  await other.reload();
  await ready(other);
  assert.deepEqual([await replicas(page, 'web'), await replicas(page, 'cart')], ['5', '2']);
  assert.deepEqual([await replicas(other, 'web'), await replicas(other, 'cart')], ['4', '3']);
  await page.getByRole('button', { name: 'Keep and share' }).click();
  assert.equal(await page.locator('.recent li').count(), 2);
  // Both are of the same cluster: what was done in them tells them apart, in the list and where they are removed.
  const names = await page.locator('.recent .link').allTextContents();
  const scaled = (of, to) => new RegExp(`^shop/web, shop/cart and 5 more, last: kubectl scale deployment/${of} .*--replicas=${to}`);
  assert.ok(names.some((name) => scaled('web', 5).test(name)) && names.some((name) => scaled('cart', 3).test(name)), `${names}`);
  await page.getByRole('button', { name: /^Remove: shop.*deployment/ }).waitFor();
  await page.getByRole('button', { name: /^Rename: shop.*deployment\/web/ }).click();
  assert.equal(await page.getByLabel('Name of the lab').inputValue(), 'shop/web, shop/cart and 5 more');
  assert.deepEqual(page.errors, []);
});

test('a lab is given a name', async (t) => {
  const page = await open(t, SIZES.desktop);
  await page.getByRole('button', { name: 'Send packet' }).click();
  await page.getByRole('button', { name: 'Keep and share' }).click();
  await page.getByRole('button', { name: /^Rename/ }).click();
  await page.getByLabel('Name of the lab').fill('My first lab');
  await page.keyboard.press('Enter');
  await page.locator('.recent').getByText('My first lab').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Next packet' }).click();
  await kept(page);
  await page.reload();
  await ready(page);
  await page.getByRole('button', { name: 'Keep and share' }).click();
  await page.locator('.recent').getByText('My first lab').waitFor();
  assert.deepEqual(page.errors, []);
});

test('a heavy lab says how far it is while it comes back', async (t) => {
  const page = await open(t, SIZES.desktop);
  const text = await page.getByLabel('Cluster as YAML or JSON').inputValue();
  const service = (number) => `---
apiVersion: v1
kind: Service
metadata: {name: more-${number}, namespace: load}
spec: {clusterIP: 10.97.${Math.floor(number / 200)}.${number % 200 + 1}, ports: [{port: 80}]}
`;
  const heavy = [text.trimEnd(), ...Array.from({ length: 2_000 }, (_, number) => service(number))].join('\n');
  // A fast machine says it for some frames only.
  await page.addInitScript(() => {
    window.said = new Set();
    const look = () => {
      const found = document.body?.textContent.match(/Reading the lab|Doing again/);
      if (found) window.said.add(found[0]);
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await page.getByLabel('Cluster as YAML or JSON').evaluate((area, heavy) => {
    // As a paste, without typing it sign by sign.
    area.value = heavy;
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }, heavy);
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await page.getByText('This is what the lanes show.').waitFor({ timeout: 30_000 });
  await page.getByLabel('One replica more: Deployment shop/web').click();
  await kept(page);
  await page.reload();
  await ready(page);
  assert.notEqual(await page.evaluate(() => window.said.size), 0);
  assert.equal(await page.getByLabel('Replicas: Deployment shop/web').textContent(), '4');
  // So long a text is shown by the lines in sight.
  const shown = page.getByLabel('Cluster as YAML or JSON');
  let top = 0;
  while (!/replicas: 4/.test(await shown.textContent())) {
    top += 600;
    assert.ok(top < 20_000, 'the text says what was done');
    await shown.evaluate((list, top) => { list.scrollTop = top; }, top);
    await page.waitForTimeout(50);
  }
  assert.deepEqual(page.errors, []);
});
