// Who sends what, by the controls of the bar above the lanes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab, unfold } from './lab.mjs';

const SIZES = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844, hasTouch: true, isMobile: true },
};

async function open(t, size) {
  const page = await openLab(t, size);
  await page.locator('[data-ready]').waitFor();
  return page;
}

const fields = async (page) => {
  await unfold(page);
  const form = page.locator('.other');
  if ((await form.getAttribute('open')) === null) await form.locator('summary').click();
  return form;
};
const send = (form) => form.getByRole('button', { name: 'Send there' }).click();
const lane = (page) => page.locator('article[data-mode="iptables"]');
const source = async (page) => (await lane(page).locator('dl.header dd').first().textContent()).trim();
const port = async (page) => Number((await source(page)).match(/:(\d+)/)[1]);
const chosen = (list) => list.evaluate((select) => select.selectedOptions[0].textContent);

for (const [name, size] of Object.entries(SIZES)) {
  test(`${name}: an address is pinged without a port, and asked again as before`, async (t) => {
    const page = await open(t, size);
    const form = await fields(page);
    await form.getByLabel('Protocol').selectOption('ICMP echo (ping)');
    assert.equal(await form.getByLabel(/^Source port/).count(), 0, 'an echo has no port');
    await send(form);
    await lane(page).getByText('ICMP 8/0').waitFor();
    assert.doesNotMatch(await source(page), /:\d/);
    const to = page.getByLabel('To Service');
    assert.match(await chosen(to), /^shop\/web · ICMP 10\.96\.12\.80$/);
    assert.doesNotMatch(await chosen(page.getByLabel('Through')), /:\d/);
    await page.reload();
    await page.locator('[data-ready]').waitFor();
    await lane(page).getByText('ICMP 8/0').waitFor();
    await (await fields(page)).getByLabel('Protocol').selectOption('TCP');
    await send(await fields(page));
    await lane(page).getByText('TCP SYN').waitFor();
    assert.equal(await chosen(to), 'web:http · TCP 80', 'the same address by TCP is the Service again');
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: a source port is drawn or said, and the same flow is sent again`, async (t) => {
    const page = await open(t, size);
    const form = await fields(page);
    await form.getByLabel(/^Source port/).selectOption('a random one');
    await send(form);
    const drawn = await port(page);
    assert.ok(drawn >= 32768 && drawn <= 60999 && drawn % 2 === 0, `${drawn}`);
    await send(form);
    assert.notEqual(await port(page), drawn);
    const last = await port(page);
    await form.getByRole('button', { name: 'Same flow again' }).click();
    assert.equal(await port(page), last);
    await form.getByLabel(/^Source port/).selectOption('this one:');
    await form.getByLabel('Number of the source port').fill('31999');
    await send(form);
    assert.equal(await port(page), 31999);
    // What is folded away is not asked.
    await form.locator('summary').click();
    await page.getByRole('button', { name: 'Send packet' }).click();
    assert.ok((await port(page)) >= 40000);
    await (await fields(page)).getByRole('button', { name: 'Same flow again' }).click();
    await page.reload();
    await page.locator('[data-ready]').waitFor();
    assert.ok((await port(page)) >= 40000, 'what was sent is kept');
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: Send packet sends what the open fields say, by button and by key`, async (t) => {
    const page = await open(t, size);
    const form = await fields(page);
    await form.getByLabel('Protocol').selectOption('ICMP echo (ping)');
    await page.getByRole('button', { name: 'Send packet' }).click();
    await lane(page).getByText('ICMP 8/0').waitFor();
    await form.getByLabel('Protocol').selectOption('TCP');
    await form.getByLabel(/^Source port/).selectOption('this one:');
    await form.getByLabel('Number of the source port').fill('70000');
    await page.getByRole('button', { name: 'Send packet' }).click();
    await form.getByRole('alert').waitFor();
    assert.match(await lane(page).textContent(), /ICMP 8\/0/, 'nothing was sent');
    await form.getByLabel('Number of the source port').fill('31998');
    await page.locator('h1').click();
    await page.keyboard.press('s');
    await form.getByRole('alert').waitFor({ state: 'detached' });
    assert.equal(await port(page), 31998);
    await form.locator('summary').click();
    await page.locator('h1').click();
    await page.keyboard.press('s');
    assert.ok((await port(page)) >= 40000);
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: the list names what is asked, also beside an address of one's own`, async (t) => {
    const page = await open(t, size);
    const to = page.getByLabel('To Service');
    const names = () => to.evaluate((select) => [...select.options].map((option) => option.textContent));
    const before = await names();
    for (const destination of ['192.168.0.11:30080', '1.1.1.1:443/tcp']) {
      const form = await fields(page);
      await form.getByLabel('Destination').fill(destination);
      await send(form);
      assert.match(await chosen(to), new RegExp(`TCP ${destination.replace('/tcp', '')}$`));
      assert.deepEqual((await names()).slice(-before.length), before, 'and the Services are listed as they were');
    }
    await (await fields(page)).getByLabel('Destination').fill('');
    await to.selectOption({ label: 'kube-dns:dns · UDP 53' });
    await page.getByRole('button', { name: 'Send packet' }).click();
    await lane(page).getByText('10.96.0.10:53').first().waitFor();
    assert.equal(await chosen(to), 'kube-dns:dns · UDP 53');
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: what cannot be sent is said at its field, as other errors are`, async (t) => {
    const page = await open(t, size);
    const form = await fields(page);
    await form.getByLabel('Destination').fill('10.96.0.1');
    await send(form);
    const why = form.getByRole('alert');
    await why.waitFor();
    const field = form.getByLabel('Destination');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    const [box, below] = [await field.boundingBox(), await why.boundingBox()];
    assert.ok(below.y >= box.y + box.height + 2 && below.y < box.y + box.height + 12, `${below.y - box.y - box.height}`);
    const dropped = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = 'var(--dropped)';
      const color = getComputedStyle(probe).color;
      probe.remove();
      return color;
    });
    assert.equal(await why.evaluate((e) => getComputedStyle(e).color), dropped);
    await field.fill('10.96.12.80:80');
    await send(form);
    await why.waitFor({ state: 'detached' });
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: somebody outside comes by a load balancer`, async (t) => {
    const page = await open(t, size);
    const from = page.locator('.send').getByLabel('From');
    const none = from.locator('optgroup', { has: page.locator('xpath=self::*[not(option)]') });
    assert.match(await none.getAttribute('label'), /no Service has one/);
    const change = page.locator('.fields:not(.adding)');
    await change.locator('summary').click();
    await change.locator('label.field select').selectOption({ label: 'Service shop/cart' });
    await change.getByLabel('spec.type').selectOption('LoadBalancer');
    const ingress = change.getByLabel('status.loadBalancer.ingress[*].ip', { exact: true });
    await ingress.fill('198.51.100.200');
    await ingress.press('Tab');
    const balancer = from.locator('optgroup[label="Outside, by the load balancer of"] option').first();
    await balancer.waitFor({ state: 'attached' });
    const words = (await balancer.textContent()).trim();
    await unfold(page);
    await from.selectOption({ label: words });
    const [service, address] = words.split(' · ');
    assert.match(await chosen(page.getByLabel('Through')), new RegExp(`load balancer ${address}`, 'i'));
    assert.ok((await chosen(page.getByLabel('To Service'))).startsWith(service.split('/')[1]));
    await page.getByRole('button', { name: 'Send packet' }).click();
    await page.getByRole('button', { name: 'Last step' }).click();
    assert.match(await lane(page).locator('[data-outcome]').textContent(), /Answered/);
    assert.equal((await chosen(from)).trim(), words);
    await from.selectOption({ label: 'a machine · 203.0.113.10' });
    assert.match(await chosen(page.getByLabel('Through')), /NodePort/i);
    assert.equal(await chosen(from), 'a machine · 203.0.113.10');
    assert.deepEqual(page.errors, []);
  });
}
