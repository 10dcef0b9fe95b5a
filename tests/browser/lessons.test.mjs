// Lessons and challenges as a learner takes them: predict, run, see; leave, come back, and be sent to a step by a link.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SIZES = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844, hasTouch: true, isMobile: true },
};
const CHALLENGE = `---
title: Too few
about: One pod is not enough.
minutes: 2
---

The web Service has one pod. Let a client on each node be answered from two pods or more.

\`\`\`do
kubectl scale deployment/web -n shop --replicas=1
send pod client-node1 on node1 -> shop/web:http at ClusterIP 10.96.12.80:80/tcp
\`\`\`

\`\`\`goal
send pod client-node1 on node1 -> shop/web:http at ClusterIP 10.96.12.80:80/tcp
every lane answered
iptables answers >= 2
\`\`\`

\`\`\`hint
Look under *Operate*.
\`\`\`

\`\`\`hint
Deployments can be scaled.
\`\`\`

\`\`\`hint
Press + once.
\`\`\`

\`\`\`solution
kubectl scale deployment/web -n shop --replicas=2
\`\`\`

One more pod was enough.
`;

const ready = (page) => page.locator('[data-ready]').waitFor({ timeout: 60_000 });
const lesson = (page) => page.locator('.lesson');
const verdict = (page) => lesson(page).locator('.verdict');

async function open(t, size, options = {}) {
  const page = await openLab(t, { ...size, ...options });
  await ready(page);
  return page;
}

async function learn(page, title) {
  await page.getByRole('button', { name: 'Learn', exact: true }).click();
  await page.getByRole('dialog').getByRole('link', { name: title, exact: true }).first().click();
  await lesson(page).getByRole('heading', { level: 2 }).waitFor();
}

async function violations(page) {
  await page.addScriptTag({ content: AXE });
  const found = await page.evaluate((rules) => window.axe.run({ runOnly: rules }), RULES);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(' ')}`);
}

for (const [name, size] of Object.entries(SIZES)) {
  test(`${name}: a learner predicts, runs, sees, and goes on after a reload`, async (t) => {
    const page = await open(t, size);
    await learn(page, 'What a Service is');
    const run = lesson(page).getByRole('button', { name: 'Run it', exact: true });
    assert.ok(await run.isDisabled(), 'first an answer');
    await lesson(page).getByRole('radio').first().check();
    await run.click();
    assert.match(await verdict(page).textContent(), /^It is otherwise/);
    assert.equal(await lesson(page).getByText('so it is', { exact: true }).count(), 1, 'one answer is right');
    await lesson(page).getByRole('button', { name: 'Next' }).click();
    assert.match(page.url(), /#lesson=what-a-service-is\/2$/);
    await lesson(page).getByRole('radio').nth(1).check();
    await run.click();
    assert.match(await verdict(page).textContent(), /^As you said/);
    // What was run is what the lanes show: the second packet of a connection.
    await page.getByRole('button', { name: 'Packet 2' }).waitFor();
    await page.waitForTimeout(700);
    await page.reload();
    await ready(page);
    await lesson(page).getByRole('heading', { level: 2, name: 'The next packet' }).waitFor();
    await lesson(page).getByRole('button', { name: /^Leave the lesson/ }).click();
    assert.equal(await lesson(page).count(), 0);
    assert.doesNotMatch(page.url(), /#/);
    await page.getByRole('button', { name: 'Learn', exact: true }).click();
    await page.getByText('2 of 4 steps done').waitFor();
    assert.deepEqual(page.errors, []);
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`${name}, ${colorScheme}: the list and a lesson keep the rules that axe knows`, async (t) => {
      const page = await open(t, size, { colorScheme });
      await page.getByRole('button', { name: 'Learn', exact: true }).click();
      await page.locator('.lessons li').first().waitFor();
      assert.deepEqual(await violations(page), []);
      await page.keyboard.press('Escape');
      await learn(page, 'Is IPVS built on iptables?');
      await lesson(page).getByRole('radio').first().check();
      await lesson(page).getByRole('button', { name: 'Run it', exact: true }).click();
      await verdict(page).waitFor();
      assert.deepEqual(await violations(page), []);
    });
  }

  test(`${name}: a challenge of one's own is dropped in, hints are given, and the model says that it is solved`, async (t) => {
    const page = await open(t, size);
    await page.getByRole('button', { name: 'Keep and share' }).click();
    const file = { name: 'too-few.md', mimeType: 'text/markdown', buffer: Buffer.from(CHALLENGE) };
    await page.locator('input[type=file]').first().setInputFiles(file);
    await lesson(page).getByRole('heading', { level: 2, name: 'Too few' }).waitFor();
    assert.equal(await verdict(page).count(), 0);
    const goal = lesson(page).locator('.goal');
    await goal.getByText('1 of 2 hold').waitFor();
    assert.match(await goal.locator('.met').textContent(), /^In every lane the packet is answered/);
    assert.match(await goal.locator('.unmet').textContent(), /^Servers that may answer in the lane iptables ≥ 2/);
    await lesson(page).getByRole('button', { name: 'Give me a hint' }).click();
    await lesson(page).getByText('Hint 1.').waitFor();
    await page.getByLabel('One replica more: Deployment shop/web').click();
    assert.match(await verdict(page).textContent(), /^Solved with 1 action\. Fewest known: 1\.$/);
    assert.equal(await goal.locator('.unmet').count(), 0);
    await lesson(page).getByRole('button', { name: 'Start again' }).click();
    await goal.getByText('1 of 2 hold').waitFor();
    assert.equal(await verdict(page).count(), 0);
    assert.deepEqual(page.errors, []);
  });
}

test('a lesson opens on what it is about, says in the lanes what to do, and leaves the name of the page whole', async (t) => {
  for (const [name, target] of [['udp', 'kube-dns:dns · UDP 53'], ['limits', '10.96.0.1:443 · TCP 10.96.0.1:443'], ['masquerade', 'cart:http · TCP 80']]) {
    const page = await openLab(t, { ...SIZES.desktop, path: `/#lesson=${name}` });
    await ready(page);
    await lesson(page).getByRole('heading', { level: 2 }).waitFor();
    assert.equal(await page.getByLabel(/^To/).first().evaluate((select) => select.selectedOptions[0].textContent), target);
    await page.locator('.lane').first().getByText("Run the step of the lesson: then the packet's way is here.").waitFor();
    const heading = page.locator('.masthead h1');
    const lines = () => heading.evaluate((element) => element.clientHeight / parseFloat(getComputedStyle(element).lineHeight));
    assert.ok((await lines()) < 1.5, 'the name is in one line');
    assert.deepEqual(page.errors, []);
  }
  const page = await openLab(t, { ...SIZES.desktop, path: '/#lesson=ch-balancer-bypassed' });
  await ready(page);
  await page.getByText(/^The packet comes in to node1/).first().waitFor();
});

test('a link opens everyone at the same step, and one to no lesson says so', async (t) => {
  const page = await openLab(t, { ...SIZES.desktop, path: '/#lesson=ipvs/3' });
  await ready(page);
  await lesson(page).getByRole('heading', { level: 2, name: 'Does it get by without iptables?' }).waitFor();
  await page.evaluate(() => (location.hash = '#lesson=nowhere'));
  await page.getByText('There is no lesson “nowhere”.').waitFor();
});

test('a lesson at an address of the site opens at its step; other sites are not asked', async (t) => {
  const text = readFileSync(new URL('../../lessons/udp.md', import.meta.url), 'utf8').replace(/^title: .*$/m, 'title: A course of our own');
  const page = await openLab(t, { ...SIZES.desktop, serviceWorkers: 'block' });
  await page.route('**/course/own.md', (route) => route.fulfill({ body: text }));
  await ready(page);
  await page.evaluate(() => (location.hash = '#lesson=course/own.md/2'));
  await lesson(page).getByText('A course of our own').waitFor();
  await lesson(page).getByText(/^2 of \d$/).waitFor();
  assert.match(page.url(), /#lesson=course\/own\.md\/2$/);
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.evaluate(() => (location.hash = '#lesson=https://example.com/own.md'));
  await page.getByText('There is no lesson “https://example.com/own.md”.').waitFor();
  assert.deepEqual(asked, []);
});

test('lessons are in the language of the page, and the one that is open changes with it', async (t) => {
  const title = /^title: (.*)$/m.exec(readFileSync(new URL('../../lessons/zh-CN/ipvs.md', import.meta.url), 'utf8'))[1];
  const page = await openLab(t, { ...SIZES.desktop, path: '/#lesson=ipvs/2' });
  await ready(page);
  await lesson(page).getByRole('heading', { level: 2 }).waitFor();
  await page.getByLabel('Language').selectOption({ label: '简体中文' });
  await lesson(page).getByText(title, { exact: true }).waitFor();
  assert.match(page.url(), /#lesson=ipvs\/2$/, 'the same step');
});

test('with a lesson open, paper has its work sheet: questions and no answers', async (t) => {
  const page = await openLab(t, { ...SIZES.desktop, path: '/#lesson=udp/1' });
  await ready(page);
  await lesson(page).getByRole('heading', { level: 2 }).waitFor();
  await page.emulateMedia({ media: 'print' });
  const sheet = page.locator('.worksheet');
  await sheet.waitFor();
  assert.equal(await page.locator('.lanes').first().isVisible(), false);
  const text = readFileSync(new URL('../../lessons/udp.md', import.meta.url), 'utf8');
  assert.equal(await sheet.locator('.step').count(), text.match(/^## /gm).length);
  assert.equal(await sheet.locator('.boxes li').count(), text.match(/^- .* => /gm).length);
  assert.equal(await sheet.getByText('=>').count(), 0, 'conditions stay in the file');
  await page.emulateMedia({ media: 'screen' });
  await sheet.waitFor({ state: 'detached' });
});

test('two packets at once are sent from the fields for other addresses', async (t) => {
  const page = await openLab(t, SIZES.desktop);
  await ready(page);
  await page.getByText('Another address').click();
  await page.getByLabel('Destination').last().fill('10.96.0.10:53/udp');
  await page.getByLabel('Two packets at once').check();
  await page.getByRole('button', { name: 'Send there' }).click();
  await page.getByRole('button', { name: 'Packet 2' }).click();
  assert.deepEqual(page.errors, []);
});

test('the command line stands beside a challenge and covers none of it, and Tab stays in it', async (t) => {
  const page = await openLab(t, { ...SIZES.desktop, path: '/#lesson=ch-ghost-rules' });
  await ready(page);
  await lesson(page).getByRole('heading', { level: 2 }).waitFor();
  await page.getByRole('button', { name: 'Command line' }).click();
  const [drawer, panel] = [await page.locator('.shell').boundingBox(), await lesson(page).boundingBox()];
  assert.ok(drawer.x >= panel.x + panel.width, `${drawer.x} and ${panel.x + panel.width}`);
  const datapath = page.locator('.shell [aria-pressed="true"]');
  assert.equal(await datapath.textContent(), 'nftables', 'it is where the story has typed');
  const line = page.locator('.shell-line textarea');
  await line.fill('iptables -t na');
  await line.press('Tab');
  await line.press('Tab');
  await line.press('Tab');
  assert.ok(await line.evaluate((field) => field === document.activeElement));
  assert.match(await line.inputValue(), /^iptables -t nat /);
  await line.fill('');
  await line.press('Tab');
  assert.ok(!(await line.evaluate((field) => field === document.activeElement)), 'with nothing typed the key goes on');
});
