// What a user does in the lab, from the first look to a broken paste.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

const MODES = ['iptables', 'nftables', 'ipvs'];

const ready = (page) => page.locator('[data-ready]').waitFor();
const lane = (page, mode) => page.locator(`article[data-mode="${mode}"]`);
const position = (page) => page.getByRole('slider', { name: 'Position' }).inputValue();

async function open(t, options) {
  const page = await openLab(t, { width: 1440, height: 900, ...options });
  await ready(page);
  return page;
}

// The running and the final count of one counter in a lane.
async function counter(page, mode, name) {
  const row = lane(page, mode).locator(`[data-counter="${name}"]`);
  return { now: Number(await row.getAttribute('data-now')), total: Number(await row.getAttribute('data-total')) };
}

// Until what was pressed is rendered.
const rendered = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));

async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
  await rendered(page);
}

// The state is written a moment after the last change.
const kept = (page) => page.waitForTimeout(700);

test('opens alive: three lanes, a packet sent, stepping at once', async (t) => {
  const page = await open(t);
  for (const mode of MODES) await lane(page, mode).waitFor();
  assert.equal(await position(page), '0');
  const before = await lane(page, 'iptables').locator('.sentence').textContent();
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  assert.equal(await position(page), '1');
  assert.notEqual(await lane(page, 'iptables').locator('.sentence').textContent(), before);
  assert.deepEqual(page.errors, []);
});

test('a packet to a Service ends at one of its pods in every lane', async (t) => {
  const page = await open(t);
  await page.getByLabel('To Service').selectOption({ label: 'cart:http · TCP 80' });
  await page.getByRole('button', { name: 'Send packet' }).click();
  const service = (await page.getByLabel('To Service').locator('option:checked').textContent()).split(/[ :·]/)[0];
  await page.getByRole('button', { name: 'Last step' }).click();
  for (const mode of MODES) {
    const badge = lane(page, mode).locator('[data-outcome]');
    assert.equal(await badge.getAttribute('data-outcome'), 'accepted', mode);
    assert.match(await badge.textContent(), new RegExp(`Answered by pod ${service}-`), mode);
  }
  assert.deepEqual(page.errors, []);
});

test('counters tell the datapaths apart, and the second packet takes the short way', async (t) => {
  const page = await open(t);
  await press(page, 'End');
  const first = Object.fromEntries(
    await Promise.all(MODES.map(async (mode) => [mode, (await counter(page, mode, 'Rules')).now])),
  );
  assert.ok(first.iptables > first.nftables, `iptables ${first.iptables}, nftables ${first.nftables}`);
  await press(page, 'n', 'End');
  for (const mode of MODES) {
    const second = await counter(page, mode, 'Rules');
    assert.equal(second.now, second.total, mode);
    assert.ok(second.now < first[mode], `${mode}: first ${first[mode]}, second ${second.now}`);
  }
  const rows = page.locator('.totals tbody');
  assert.equal(await rows.count(), 3);
  assert.equal(await rows.first().locator('[data-packet="following"] td.number').count(), 6, 'five counts and the estimated time');
});

test('the rule of a step is marked and in sight, without moving the page', async (t) => {
  const page = await open(t);
  await page.getByRole('button', { name: 'Backend chosen' }).click();
  const current = lane(page, 'iptables').locator('.line.current');
  await current.waitFor();
  const [line, box] = await Promise.all([current.boundingBox(), lane(page, 'iptables').locator('.code').boundingBox()]);
  assert.ok(line.y >= box.y && line.y + line.height <= box.y + box.height, 'the line is inside its box');
  assert.match(await current.textContent(), /KUBE-|DNAT|dnat/);
});

test('no layout moves while stepping', async (t) => {
  const page = await open(t);
  const tops = () =>
    page.evaluate(() => [...document.querySelectorAll('.lane, .lane > *, .compare')].map((e) => e.getBoundingClientRect().top));
  const before = await tops();
  for (let step = 0; step < 25; step += 1) {
    await press(page, 'ArrowRight');
    assert.deepEqual(await tops(), before, `after step ${step + 1}`);
  }
});

test('keys step, jump and play; they leave text fields alone', async (t) => {
  const page = await open(t);
  await press(page, 'ArrowRight', 'ArrowRight', 'ArrowLeft');
  assert.equal(await position(page), '1');
  await press(page, 'End');
  const last = Number(await position(page));
  assert.ok(last > 20, `last step ${last}`);
  await page.keyboard.press('Home');
  await page.keyboard.press(' ');
  await page.waitForFunction(() => Number(document.querySelector('input[type=range]').value) >= 1);
  await press(page, ' ');
  const paused = await position(page);
  await page.waitForTimeout(1500);
  assert.equal(await position(page), paused);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'hidden' });
  const area = page.getByLabel('Cluster as YAML or JSON');
  await area.focus();
  await page.keyboard.press('Home');
  await page.keyboard.type('ns?');
  assert.equal(await position(page), paused);
  assert.match(await area.inputValue(), /ns\?/);
});

test('a reload loses nothing', async (t) => {
  const page = await open(t);
  await page.locator('.send').getByLabel('From').selectOption({ label: 'a machine · 203.0.113.10' });
  await page.getByLabel('Through').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Send packet' }).click();
  await page.getByRole('button', { name: 'Next packet' }).click();
  for (let step = 0; step < 7; step += 1) await press(page, 'ArrowRight');
  await page.getByRole('button', { name: 'dark', exact: true }).click();
  await page.getByLabel('Cluster as YAML or JSON').press('End');
  await page.keyboard.type('# mine');
  const look = async () => ({
    position: await position(page),
    from: await page.locator('.send').getByLabel('From').locator('option:checked').textContent(),
    through: await page.getByLabel('Through').locator('option:checked').textContent(),
    sentences: await page.locator('.sentence').allTextContents(),
    headers: await page.locator('.header').allTextContents(),
    packet: await page.locator('.packets [aria-pressed="true"]').textContent(),
    theme: await page.locator('html').getAttribute('data-theme'),
    text: await page.getByLabel('Cluster as YAML or JSON').inputValue(),
  });
  const before = await look();
  await kept(page);
  await page.reload();
  await ready(page);
  assert.deepEqual(await look(), before);
  assert.match(before.text, /# mine/);
  assert.deepEqual(page.errors, []);
});

test('a broken paste: a located message, and the old lab still works', async (t) => {
  const page = await open(t);
  const area = page.getByLabel('Cluster as YAML or JSON');
  const good = await area.inputValue();
  const bad = good.replace('port: 80\n', 'port: 70000\n');
  await area.fill(bad);
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  const message = page.locator('.diagnostics .error').first();
  await message.waitFor();
  assert.match(await message.textContent(), /70000/);
  await message.getByRole('button').click();
  const selected = await area.evaluate((e) => e.value.slice(e.selectionStart, e.selectionEnd));
  assert.match(selected, /70000/);
  assert.equal(await area.inputValue(), bad);
  await page.getByRole('button', { name: 'Send packet' }).click();
  await page.getByRole('button', { name: 'Last step' }).click();
  assert.equal(await page.locator('[data-outcome="accepted"]').count(), 3);
  await page.getByRole('button', { name: 'Back to the example' }).click();
  assert.equal(await area.inputValue(), good);
  assert.equal(await page.locator('.diagnostics .error').count(), 0);

  // What the example took the place of is not lost.
  await page.getByRole('button', { name: 'Back to your cluster' }).click();
  await message.waitFor();
  assert.equal(await area.inputValue(), bad);
  assert.deepEqual(page.errors, []);
});

test('texts that are no cluster are answered, whatever they are', async (t) => {
  const page = await open(t);
  const area = page.getByLabel('Cluster as YAML or JSON');
  for (const text of ['', 'a: [', '{"kind": 3}', '\u0000\u{1F600}', '- '.repeat(3000), 'kind: Pod', '&a [*a]']) {
    await area.fill(text);
    await page.getByRole('button', { name: 'Load', exact: true }).click();
    await page.locator('.cluster .primary:enabled').waitFor();
    await page.locator('.refused .diagnostics li').first().waitFor();
    assert.equal(await page.locator('.crash').count(), 0, JSON.stringify(text));
    assert.equal(await page.locator('.lane').count(), 3);
  }
  assert.deepEqual(page.errors, []);
});

test('a file that is dropped becomes the cluster', async (t) => {
  const page = await open(t);
  const text = (await page.getByLabel('Cluster as YAML or JSON').inputValue()).replaceAll('node3', 'node-three');
  const data = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'cluster.yaml'));
    return data;
  }, text);
  await page.locator('.cluster').dispatchEvent('drop', { dataTransfer: data });
  await page.locator('.send').getByLabel('From').locator('option', { hasText: 'node-three' }).first().waitFor({ state: 'attached' });
});

test('the chart is drawn by running the model, and told in a table', async (t) => {
  const page = await open(t);
  await page.locator('.curve').scrollIntoViewIfNeeded();
  await page.locator('.curve .progress[data-done]').waitFor({ timeout: 60_000 });
  await page.locator('.curve summary').click();
  const last = await page.locator('.curve tbody tr').last().locator('th, td').allTextContents();
  const [services, iptables, nftables, ipvs] = last.map((text) => Number(text.replace(/\D/g, '')));
  assert.equal(services, 2000);
  assert.ok(iptables > 500 && nftables < 100 && ipvs < 100, String(last));
  const painted = await page.locator('.curve canvas').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value !== 0);
  });
  assert.ok(painted);
});

test('a chain of the picture leads to its place in the ruleset', async (t) => {
  const page = await open(t);
  await page.keyboard.press('End');
  const chain = page.locator('.picture [role="button"].lit').first();
  const name = await chain.locator('text').textContent();
  await chain.click();
  const current = lane(page, 'iptables').locator('.line.current');
  await current.waitFor();
  assert.ok((await current.textContent()).includes(name.replace(/^.*\s/, '')), name);
});

for (const [name, options] of [
  ['phone', { width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }],
  ['tablet', { width: 820, height: 1100 }],
  ['desktop', { width: 1440, height: 900 }],
  ['phone in the dark', { width: 390, height: 844, colorScheme: 'dark' }],
]) {
  test(`${name}: nothing overflows, every lane can be reached`, async (t) => {
    const page = await open(t, options);
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(await wide(), 0);
    for (const mode of MODES) {
      const tab = page.locator(`.lane-tabs .${mode}`);
      if (await tab.isVisible()) await tab.click();
      assert.ok(await lane(page, mode).isVisible(), mode);
      await press(page, 'End');
      assert.equal(await wide(), 0);
    }
    assert.deepEqual(page.errors, []);
  });
}

test('light and dark follow the system until one is chosen', async (t) => {
  const page = await open(t, { colorScheme: 'dark' });
  const brightness = () =>
    page.evaluate(() => {
      const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
      return (red + green + blue) / 3;
    });
  assert.ok((await brightness()) < 60);
  await page.getByRole('button', { name: 'light', exact: true }).click();
  assert.ok((await brightness()) > 200);
});

test('works where the browser keeps nothing', async (t) => {
  const page = await openLab(t, { path: '/missing.css' });
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('forbidden', 'SecurityError');
      },
    });
  });
  page.errors.length = 0;
  await page.goto('/');
  await ready(page);
  await press(page, 'ArrowRight');
  assert.equal(await position(page), '1');
  const said = page.getByText('does not let this page keep');
  await said.waitFor();
  assert.ok(await said.evaluate((text) => text.getBoundingClientRect().bottom <= window.innerHeight), 'in sight at once');
  await page.getByRole('button', { name: 'Close this message', exact: true }).click();
  await said.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Keep and share' }).click();
  await page.locator('.keep').getByText('does not let this page keep').waitFor();
  assert.equal(await page.getByText('Kept in this browser').count(), 0);
  assert.deepEqual(page.errors, []);
});

test('nothing leaves the browser', async (t) => {
  const page = await open(t);
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.keyboard.press('s');
  await page.keyboard.press('End');
  await page.getByLabel('Cluster as YAML or JSON').fill('kind: Secret');
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await kept(page);
  assert.deepEqual(asked, []);
});

test('a line says why it is there, and a field shows its lines', async (t) => {
  const page = await open(t);
  const iptables = lane(page, 'iptables');
  const because = iptables.getByLabel('Why this line is there');
  await because.getByLabel('Find the lines of a field').selectOption({ label: 'web: spec.clusterIP' });
  await because.getByRole('button', { name: 'Next line of this field' }).click();
  const asked = iptables.locator('.line.asked');
  assert.match(await asked.textContent(), /10\.96\.12\.80/);
  assert.match(await because.locator('li').first().textContent(), /Service shop\/web spec\.clusterIP/);

  // The line of another field, by a click; then back to all of its own.
  await iptables.locator('.line', { hasText: 'shop/cart:http cluster IP' }).first().click();
  await because.getByRole('button', { name: 'all its lines' }).first().click();
  const [, place] = (await because.getByRole('status').textContent()).match(/(\d+) of \d+$/);
  assert.ok(Number(place) >= 1);
  assert.match(await asked.textContent(), /shop\/cart/);
  await iptables.locator('.line', { hasText: 'shop/web:http cluster IP' }).first().click();

  await because.getByRole('button', { name: 'in the text' }).first().click();
  const selected = await page.getByLabel('Cluster as YAML or JSON').evaluate((area) => {
    const { value, selectionStart, selectionEnd } = area;
    return value.slice(value.lastIndexOf('\n', selectionStart) + 1, selectionEnd);
  });
  assert.match(selected, /clusterIP: 10\.96\.12\.80/);
  assert.deepEqual(page.errors, []);
});

test('what the lanes show is taken away as files', async (t) => {
  const page = await open(t, { permissions: ['clipboard-read', 'clipboard-write'] });
  const card = page.locator('.take-away');
  await card.locator('summary').click();
  const download = page.waitForEvent('download');
  await card.getByRole('link', { name: 'Download' }).first().click();
  const file = await download;
  const text = await fs.readFile(await file.path(), 'utf8');
  assert.match(text, /^\*nat$/m);
  assert.match(text, /^-A KUBE-SERVICES /m);

  await card.getByRole('button', { name: 'nftables' }).click();
  await card.getByRole('heading', { name: /\.nft/ }).waitFor();
  await card.getByRole('button', { name: 'Copy' }).first().click();
  await card.getByText('Copied.').waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /table ip kube-proxy/);

  await card.getByLabel('Format').selectOption({ label: 'Kubernetes objects' });
  assert.ok((await card.locator('.files li').count()) >= 2);
  assert.deepEqual(page.errors, []);
});

test('an action is followed from the object to the kernels, and a reload keeps it', async (t) => {
  const page = await open(t);
  const card = page.locator('.operate');
  const replicas = card.getByLabel('Replicas: Deployment shop/web');
  assert.equal(await replicas.textContent(), '3');
  await card.getByLabel('One replica more: Deployment shop/web').click();
  await card.locator('.rounds > li').first().waitFor();
  assert.equal(await replicas.textContent(), '4');
  assert.match(await card.locator('.path').textContent(), /kubectl scale deployment\/web -n shop --replicas=4/);
  for (const actor of ['deployment-controller', 'kubelet', 'endpointslice-controller']) {
    assert.ok((await card.locator('.rounds').getByText(actor).count()) > 0, actor);
  }
  const nft = card.locator('.written.nftables').last();
  await nft.locator('summary').click();
  assert.match(await nft.locator('pre').first().textContent(), /^add |^delete |^flush /m);

  // The open connection goes on, and the rules in sight are the new ones.
  await press(page, 'n', 'End');
  assert.equal(await lane(page, 'iptables').locator('[data-outcome]').getAttribute('data-outcome'), 'accepted');
  await kept(page);
  await page.reload();
  await ready(page);
  assert.equal(await replicas.textContent(), '4');
  assert.equal(await lane(page, 'iptables').locator('[data-outcome]').getAttribute('data-outcome'), 'accepted');

  await card.getByLabel('Power off: node2').click();
  await card.getByLabel('Power on: node2').waitFor();
  assert.ok(!(await page.locator('.send').getByLabel('From').locator('option').allTextContents()).some((text) => text.includes('client-node2')));
  assert.deepEqual(page.errors, []);
});

test('new connections are spread as chance has it, and IPVS takes turns', async (t) => {
  const page = await open(t);
  const card = page.locator('.answers');
  await card.getByRole('button', { name: '100', exact: true }).click();
  await card.getByRole('button', { name: 'Open them' }).click();
  await card.locator('.progress[data-done]').waitFor();
  assert.match(await card.locator('.progress').textContent(), /300 opened/);
  for (const mode of MODES) {
    const rows = await card.locator(`[data-mode="${mode}"] tbody tr`).allTextContents();
    assert.equal(rows.length, 3, mode);
    const chance = mode === 'ipvs' ? /–/ : /33\.3 %/;
    assert.ok(rows.every((row) => chance.test(row)), `${mode}: ${rows}`);
  }
  assert.match(await card.locator('[data-mode="iptables"]').textContent(), /0\.667 × 0\.500.*Chi-square/s);

  // What was found belongs to the cluster that it was found in.
  await page.getByRole('button', { name: 'Fail probe' }).first().click();
  await card.locator('table').first().waitFor({ state: 'detached' });
  assert.deepEqual(page.errors, []);
});

test('what was copied from a node becomes a node, and any address can be asked', async (t) => {
  const page = await open(t);
  const text = `root@node1:~# iptables-save
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -d 10.96.0.1/32 -p tcp -m comment --comment "the API" -m tcp --dport 443 -j DNAT --to-destination 10.0.0.5:6443
-A POSTROUTING -s 192.168.7.0/24 -j MASQUERADE
COMMIT
root@node1:~# ip addr
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536
    inet 127.0.0.1/8 scope host lo
2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500
    inet 10.0.0.2/24 scope global eth0
3: cni0: <BROADCAST,UP,LOWER_UP> mtu 1500
    inet 192.168.7.1/24 scope global cni0
`;
  // The third lane was chosen, and there is but one now.
  await page.keyboard.press('3');
  await page.getByLabel('Cluster as YAML or JSON').fill(text);
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  const node = page.locator('article.lane');
  await node.getByRole('heading', { name: 'Your node' }).waitFor();
  assert.equal(await node.count(), 1);
  assert.ok((await node.getAttribute('class')).includes('selected'));
  await page.locator('.send').getByLabel('From').selectOption({ label: 'behind cni0 · 192.168.7.200' });
  await page.getByRole('button', { name: 'Send packet' }).click();
  await page.getByRole('button', { name: 'Last step' }).click();
  assert.match(await node.textContent(), /Answered by someone behind eth0/);

  await page.getByText('Another address').click();
  await page.getByLabel('Destination').fill('10.96.0.1:80');
  await page.getByRole('button', { name: 'Send there' }).click();
  await page.getByRole('button', { name: 'Last step' }).click();
  // No rule is about that port, and nothing leads there.
  assert.match(await node.textContent(), /Rejected on node/);
  await page.getByLabel('Destination').fill('10.96.0.1');
  await page.getByRole('button', { name: 'Send there' }).click();
  assert.match(await page.getByRole('alert').first().textContent(), /expected one like 10\.96\.0\.1:80/);

  await page.reload();
  await ready(page);
  await node.getByRole('heading', { name: 'Your node' }).waitFor();
  assert.deepEqual(page.errors, []);
});

test('connections age with the clock and go when their time is over', async (t) => {
  const page = await open(t);
  // As the last step leaves it.
  await page.keyboard.press('End');
  const card = page.locator('.connections');
  const entry = card.locator('[data-mode="iptables"] .listing').first();
  assert.match(await entry.textContent(), /SYN_RECV .*dport=80 /);
  const left = async () => Number((await entry.textContent()).match(/^tcp +6 (\d+) /)[1]);
  const before = await left();
  await card.getByRole('button', { name: '10 s', exact: true }).click();
  await rendered(page);
  assert.equal(await left(), before - 10);
  await card.getByRole('button', { name: '1 min' }).click();
  await card.getByText('Nothing is remembered here.').first().waitFor();

  // The clock is kept.
  const clock = await card.locator('output').textContent();
  await page.reload();
  await ready(page);
  assert.equal(await card.locator('output').textContent(), clock);
  assert.deepEqual(page.errors, []);
});

test('a Service without rules says so, and what DNS answers', async (t) => {
  const page = await open(t);
  const card = page.locator('.names');
  await card.locator('summary').click();
  await card.getByLabel('Service').selectOption({ label: 'shop/web' });
  assert.match(await card.locator('tbody').textContent(), /web\.shop\.svc\.cluster\.local\.A10\.96\.12\.80/);
  assert.deepEqual(page.errors, []);
});
