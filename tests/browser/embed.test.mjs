// <datapath-lab> in pages of somebody else: what its attributes, events and methods do.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { event, events, openHost, ROOT } from './host.mjs';

const figure = (attributes, inside = '') => `<datapath-lab ${attributes}>${inside}</datapath-lab>`;
const lab = (page) => page.locator('datapath-lab');
const lanes = (page) =>
  lab(page).locator('article').evaluateAll((all) => all.filter((lane) => lane.checkVisibility()).map((lane) => lane.dataset.mode));
const SHOP = await readFile(`${ROOT}/core/src/lab/web-shop.yaml`, 'utf8');

const PARTS = ['.send', '.transport', '.lanes', '.map', '.ruleset', '.moments', '.structure', 'canvas'];
for (const [view, shown] of [
  ['full', ['.send', '.transport', '.lanes', '.map', '.ruleset', '.moments']],
  ['lane', ['.send', '.transport', '.lanes', '.map', '.ruleset', '.moments']],
  ['trace', ['.send', '.transport', '.lanes', '.map', '.moments']],
  ['rules', ['.send', '.transport', '.lanes', '.ruleset']],
  ['graph', ['.send', '.transport', '.structure']],
  ['chart', ['canvas']],
]) {
  test(`view ${view} shows what it is named after`, async (t) => {
    const page = await openHost(t, figure(`view="${view}"`));
    await event(page, 'ready');
    const seen = [];
    for (const part of PARTS) if (await lab(page).locator(part).count()) seen.push(part);
    assert.deepEqual(seen, shown);
    const of = { full: ['iptables', 'nftables', 'ipvs'], lane: ['iptables'] };
    if (of[view]) assert.deepEqual(await lanes(page), of[view]);
    assert.deepEqual(page.errors, []);
  });
}

test('controls are all, those for steps, or none', async (t) => {
  for (const [controls, shown] of [['all', [1, 1]], ['steps', [0, 1]], ['none', [0, 0]]]) {
    const page = await openHost(t, figure(`controls="${controls}"`));
    await event(page, 'ready');
    assert.deepEqual([await lab(page).locator('.send').count(), await lab(page).locator('.transport').count()], shown);
  }
});

test('only the datapaths that are named, with no steps of others', async (t) => {
  const page = await openHost(t, figure('id="two" datapaths="ipvs nftables"') + figure('id="one" datapaths="ipvs" loading="eager"') + figure('id="all" loading="eager"'));
  const [two, one, all] = [await event(page, 'ready', 'two'), await event(page, 'ready', 'one'), await event(page, 'ready', 'all')];
  assert.deepEqual(two.detail.datapaths, ['nftables', 'ipvs']);
  assert.deepEqual(await page.locator('#two article').evaluateAll((all) => all.map((lane) => lane.dataset.mode)), ['nftables', 'ipvs']);
  assert.equal(await page.locator('#one .lane-tabs').count(), 0);
  assert.ok(one.detail.steps < all.detail.steps, `${one.detail.steps} and ${all.detail.steps} steps`);
  // No step in which the only lane stands still.
  const sentences = [];
  for (let step = 0; step < one.detail.steps; step += 1) {
    await page.evaluate((step) => document.querySelector('#one').goTo(step), step);
    await page.waitForFunction((step) => document.querySelector('#one').state.step === step, step);
    sentences.push(await page.locator('#one .moments .number').textContent());
  }
  assert.equal(Number(sentences[0]), one.detail.steps);
});

test('attributes choose the packet and the step', async (t) => {
  const page = await openHost(
    t,
    figure('id="a" client="node1" target="shop/web" port="80" step="5"') +
      figure('id="b" client="node2" target="kube-system/kube-dns" protocol="udp" step="last" loading="eager"'),
  );
  const [a, b] = [await event(page, 'ready', 'a'), await event(page, 'ready', 'b')];
  assert.equal(a.detail.client, 'process on node1');
  assert.match(a.detail.target, /^shop\/web:http at .*:80\/tcp$/);
  assert.equal(a.detail.step, 5);
  assert.equal(b.detail.client, 'process on node2');
  assert.match(b.detail.target, /^kube-system\/kube-dns:dns at ClusterIP .*:53\/udp$/);
  assert.equal(b.detail.step, b.detail.steps - 1);
  assert.equal(b.detail.sent, 1);
});

test('a lab comes as text, file, address or link, and is the same', async (t) => {
  const indented = SHOP.split('\n').map((line) => (line ? `        ${line}` : line)).join('\n');
  const yaml = figure('id="text" step="9"', `<script type="text/yaml">\n${indented}</script>`);
  const page = await openHost(t, yaml + figure('id="address" src="shop.yaml" step="9" loading="eager"'), {
    serves: { '/shop.yaml': SHOP },
  });
  await event(page, 'ready', 'text');
  await event(page, 'ready', 'address');
  const link = await page.evaluate(() => document.querySelector('#text').link());
  assert.match(link, /^v1\.[\w-]+$/);
  const file = JSON.stringify({ 'datapath-lab': 1, example: 1, done: ['+ send pod client-shop-abcde on node1 -> shop/web'], view: { step: 9 } });
  await page.evaluate(([link, file]) => {
    const add = (id, attribute, inside) => {
      const element = document.createElement('datapath-lab');
      element.id = id;
      element.setAttribute('loading', 'eager');
      if (attribute) element.setAttribute(...attribute);
      element.innerHTML = inside;
      document.body.append(element);
    };
    add('link', ['link', `#${link}`], '');
    add('file', undefined, `<script type="application/json">${file}</script>`);
  }, [link, file]);
  await event(page, 'ready', 'link');
  const filed = await event(page, 'ready', 'file');
  const told = (id) => page.locator(`#${id} .sentence`).allTextContents();
  const text = await told('text');
  assert.equal(text.length, 3);
  assert.deepEqual(await told('address'), text);
  assert.deepEqual(await told('link'), text);
  assert.equal((await event(page, 'ready', 'link')).detail.step, 9);
  // A saved lab whose client is gone opens all the same, with nothing sent.
  assert.equal(filed.detail.steps, 1);
  assert.deepEqual(page.errors, []);
});

test('a lesson’s file is shown as the lab that it opens', async (t) => {
  const lesson = await readFile(`${ROOT}/lessons/ipvs.md`, 'utf8');
  const page = await openHost(t, figure('id="a" src="ipvs.md"') + figure('id="b" src="broken.md" loading="eager"'), {
    serves: { '/ipvs.md': lesson, '/broken.md': lesson.replace(/^minutes:.*$/m, 'minutes: soon') },
  });
  await event(page, 'ready', 'a');
  const { detail } = await event(page, 'error', 'b');
  assert.match(detail.message, /has mistakes/);
  assert.ok(detail.diagnostics[0].line >= 1);
});

test('methods and events', async (t) => {
  const page = await openHost(t, '<div style="height: 3000px"></div>' + figure('target="shop/web"'));
  assert.equal(await page.evaluate(() => document.querySelector('datapath-lab').state), undefined);
  const journeys = await page.evaluate(() => document.querySelector('datapath-lab').send({ target: 'shop/cart', port: 80 }));
  assert.deepEqual(journeys.map(({ datapath, outcome }) => `${datapath} ${outcome.ending}`), ['iptables answered', 'nftables answered', 'ipvs answered']);
  const call = (name, ...given) => page.evaluate(([name, given]) => document.querySelector('datapath-lab')[name](...given), [name, given]);
  const state = () => page.evaluate(() => document.querySelector('datapath-lab').state);
  const until = (wanted) => page.waitForFunction((wanted) => Object.entries(wanted).every(([key, value]) => document.querySelector('datapath-lab').state[key] === value), wanted);
  await until({ sent: 2, step: 0 });
  await call('step');
  await until({ step: 1 });
  await call('goTo', 7);
  await until({ step: 7 });
  await call('back');
  await until({ step: 6 });
  await call('goTo', 1e6);
  await until({ step: (await state()).steps - 1 });
  await call('sendNext');
  await until({ sent: 3, packet: 1 });
  await call('act', 'kubectl scale deployment/web -n shop --replicas=4');
  await call('goTo', 0);
  await call('run');
  await until({ playing: true });
  await call('pause');
  await until({ playing: false });
  for (const [name, given, words] of [
    ['act', ['rm -rf /'], /there is no command "rm -rf \/"/],
    ['send', [{ target: 'shop/nothing' }], /there is no Service "shop\/nothing".*shop\/web/],
    ['send', [{ client: 'nobody' }], /there is no client "nobody"/],
    ['send', [{ wrong: 1 }], /unknown field/],
    ['goTo', [-1], /whole number from 0/],
  ]) {
    await assert.rejects(call(name, ...given), words, `${name} ${JSON.stringify(given)}`);
  }
  const heard = await events(page);
  assert.equal(heard[0].kind, 'ready');
  const sent = heard.filter(({ kind }) => kind === 'send');
  // An open connection goes on when the rules change: with a packet that is sent along.
  assert.deepEqual(sent.map(({ detail }) => [detail.sent, detail.journeys.length]), [[2, 3], [3, 3], [4, 3]]);
  assert.match(sent[0].detail.target, /^shop\/cart/);
  const steps = heard.filter(({ kind }) => kind === 'step').map(({ detail }) => detail.step);
  assert.deepEqual(steps.slice(0, 3), [1, 7, 6]);
  // The figure is where nobody looks, and has started because it was asked to.
  assert.equal(await page.evaluate(() => scrollY), 0);
  assert.deepEqual(page.errors, []);
});

test('the reader is heard as scripts are, and attributes make another figure', async (t) => {
  const page = await openHost(t, figure('view="lane" datapaths="ipvs"'));
  await event(page, 'ready');
  await lab(page).getByRole('button', { name: 'Step', exact: true }).click();
  assert.equal((await event(page, 'step')).detail.step, 1);
  await lab(page).getByRole('button', { name: 'Send packet' }).click();
  assert.equal((await event(page, 'send')).detail.journeys[0].datapath, 'ipvs');
  await page.evaluate(() => {
    const element = document.querySelector('datapath-lab');
    element.setAttribute('datapaths', 'nftables');
    element.setAttribute('step', '3');
  });
  await page.waitForFunction(() => window.events.filter(({ kind }) => kind === 'ready').length === 2);
  const { detail } = (await events(page)).findLast(({ kind }) => kind === 'ready');
  assert.deepEqual([detail.datapath, detail.step], ['nftables', 3]);
});

test('several on a page start when they come into sight, from one download', async (t) => {
  const far = '<div style="height: 4000px"></div>';
  const page = await openHost(t, figure('id="a"') + far + figure('id="b"') + far + figure('id="c"'));
  await event(page, 'ready', 'a');
  await page.waitForTimeout(300);
  assert.deepEqual((await events(page)).map(({ id }) => id), ['a']);
  await page.locator('#c').scrollIntoViewIfNeeded();
  await event(page, 'ready', 'c');
  await page.locator('#b').scrollIntoViewIfNeeded();
  await event(page, 'ready', 'b');
  const downloads = await page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.wasm')).length);
  assert.equal(downloads, 1);
  await page.evaluate(() => document.querySelector('#a').step());
  await page.waitForFunction(() => document.querySelector('#a').state.step === 1);
  assert.equal(await page.evaluate(() => document.querySelector('#b').state.step), 0);
});

test('taken out and put back, it starts anew; taken out early, it does not start', async (t) => {
  const page = await openHost(t, figure('loading="eager"'));
  await event(page, 'ready');
  await page.evaluate(() => {
    const element = document.querySelector('datapath-lab');
    element.remove();
    document.body.append(element);
    element.remove();
  });
  await page.waitForTimeout(500);
  assert.equal((await events(page)).length, 1);
  await page.evaluate(() => {
    const element = document.createElement('datapath-lab');
    element.setAttribute('loading', 'eager');
    document.body.append(element);
  });
  await page.locator('datapath-lab article').first().waitFor();
  assert.deepEqual(page.errors, []);
});

test('the page keeps its address, history, storage, focus, place, title and language', async (t) => {
  const page = await openHost(t, `<button id="own">Own</button>${figure('language="zh-CN"')}`);
  await page.locator('#own').focus();
  const look = () =>
    page.evaluate(async () => ({
      address: location.href,
      history: [history.length, history.state],
      storage: [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, document.cookie],
      workers: (await navigator.serviceWorker.getRegistrations()).length,
      focus: document.activeElement.id,
      place: scrollY,
      title: document.title,
      language: document.documentElement.lang,
      attributes: document.documentElement.attributes.length,
      globals: Object.keys(window).length,
    }));
  const before = await look();
  await event(page, 'ready');
  await page.evaluate(async () => {
    const element = document.querySelector('datapath-lab');
    await element.goTo(9);
    await element.send({ target: 'shop/cart' });
    await element.act('kubectl scale deployment/web -n shop --replicas=4');
    await element.goTo(12);
  });
  await page.waitForTimeout(800);
  assert.deepEqual(await look(), before);
  assert.ok(await lab(page).getByText('发送').count() > 0, 'it speaks its own language');
  assert.deepEqual(page.errors, []);
});

test('the language is the page’s, or that of the attribute, for all figures', async (t) => {
  const page = await openHost(t, `<div lang="zh">${figure('id="a"')}</div>`);
  await event(page, 'ready', 'a');
  assert.match(await page.locator('#a .lane header p').first().textContent(), /\p{Script=Han}/u);
  await page.evaluate(() => document.querySelector('#a').setAttribute('language', 'en'));
  await page.locator('#a').getByRole('button', { name: 'Send packet' }).waitFor();
  assert.deepEqual(page.errors, []);
});

test('height makes it scroll inside', async (t) => {
  const page = await openHost(t, figure('id="a" height="300"') + figure('id="b" height="20rem" loading="eager"') + figure('id="c" height="nonsense" loading="eager"'));
  await event(page, 'ready', 'a');
  await event(page, 'ready', 'b');
  await event(page, 'ready', 'c');
  const height = (id) => page.locator(id).evaluate((element) => Math.round(element.getBoundingClientRect().height));
  assert.deepEqual([await height('#a'), await height('#b')], [300, 320]);
  assert.ok((await height('#c')) > 600);
});

test('a figure that begins moves little of what stands below it', async (t) => {
  const views = ['full', 'lane', 'trace', 'rules', 'graph', 'chart'];
  const figures = views.map((view) => figure(`id="${view}" view="${view}"`) + figure(`id="${view}-alone" view="${view}" controls="none"`));
  const page = await openHost(t, `<div style="height: 4000px"></div>${figures.join('')}`);
  const heights = () => page.locator('datapath-lab').evaluateAll((all) => all.map(({ offsetHeight }) => offsetHeight));
  const kept = await heights();
  await page.evaluate(() => Promise.all([...document.querySelectorAll('datapath-lab')].map((element) => element.start())));
  const used = await heights();
  for (const [place, room] of kept.entries()) {
    const id = `${views[place >> 1]}${place % 2 ? '-alone' : ''}`;
    assert.ok(Math.abs(room / used[place] - 1) < 0.35, `${id}: ${room} px for ${used[place]}`);
  }
});

test('until it starts, without scripts and on paper, the text inside is what there is', async (t) => {
  const inside = '<p id="instead">A picture of it.</p>';
  const without = await openHost(t, figure('', inside), { javaScriptEnabled: false });
  assert.ok(await without.locator('#instead').isVisible());
  const page = await openHost(t, `${figure('id="a"', inside)}${figure('id="b" loading="eager"')}`);
  await event(page, 'ready', 'a');
  await event(page, 'ready', 'b');
  assert.ok(!(await page.locator('#instead').isVisible()));
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.locator('#instead').isVisible());
  assert.ok(!(await page.locator('#a .figure').isVisible()));
  const still = page.locator('#b .still');
  await still.locator('svg').first().waitFor();
  assert.match(await still.textContent(), /10\.96\.\d+\.\d+/, 'the packet, as it was sent');
  assert.ok(!(await page.locator('#b .lane').first().isVisible()), 'what only a screen can show');
  await page.emulateMedia({ media: 'screen' });
  await page.locator('#b .lane').first().waitFor();
  assert.equal(await still.count(), 0);
});

test('where nothing stands inside, a sketch does until it starts', async (t) => {
  const page = await openHost(t, `<div style="height: 4000px"></div>${figure('id="below" datapaths="nftables ipvs"')}${figure('id="own"', '<p>A text.</p>')}`);
  const sketch = page.locator('#below svg.sketch');
  await sketch.waitFor();
  assert.equal(await sketch.getAttribute('aria-label'), 'Datapath Lab: nftables, IPVS');
  assert.equal(await page.locator('#own svg.sketch').count(), 0, 'what its author wrote goes before');
  const sketched = await sketch.evaluate((svg) => {
    const hooks = new Map([...svg.querySelectorAll('text[text-anchor]')].map((name) => [name.getAttribute('x'), name.textContent]));
    const lines = Map.groupBy(svg.querySelectorAll('circle'), (dot) => dot.getAttribute('cy'));
    return [...lines.values()].map((dots) => dots.map((dot) => hooks.get(dot.getAttribute('cx'))));
  });
  await page.emulateMedia({ media: 'print' });
  assert.ok(await sketch.isVisible(), 'it is on paper, too');
  await page.emulateMedia({ media: 'screen' });
  await page.locator('#below').scrollIntoViewIfNeeded();
  await event(page, 'ready', 'below');
  assert.equal(await sketch.count(), 0);
  const journeys = await page.evaluate(() => document.querySelector('#below').send({ target: 'shop/web' }));
  const passed = journeys.map(({ moments }) => {
    const first = moments.filter(({ way, node, hook }) => way === 'request' && node === moments[0].node && hook);
    return [...new Set(first.map(({ hook }) => hook))];
  });
  assert.deepEqual(sketched, passed, 'the sketch has the hooks by which the packet came');
});

test('how a page sets its text is not how a figure does', async (t) => {
  const style = 'letter-spacing: 3px; word-spacing: 9px; text-transform: uppercase; text-align: right; text-indent: 20px; white-space: pre';
  const page = await openHost(t, `<div style="${style}">${figure('view="lane" loading="eager"')}</div>`);
  await event(page, 'ready');
  const names = style.split(';').map((one) => one.split(':')[0].trim());
  const told = await page.evaluate(
    ([names]) => names.map((name) => getComputedStyle(document.querySelector('datapath-lab').shadowRoot.querySelector('.sentence')).getPropertyValue(name)),
    [names],
  );
  assert.deepEqual(told, ['normal', '0px', 'none', 'start', '0px', 'normal']);
});

test('the way to the lab carries the lab and the step', async (t) => {
  const page = await openHost(t, figure('view="lane" datapaths="ipvs" client="node2" target="shop/web" step="6" lab-url="/dist/"'));
  await event(page, 'ready');
  await page.evaluate(() => document.querySelector('datapath-lab').act('kubectl scale deployment/web -n shop --replicas=4'));
  await page.evaluate(() => document.querySelector('datapath-lab').goTo(8));
  await page.waitForFunction(() => document.querySelector('datapath-lab').state.step === 8);
  const told = await lab(page).locator('.sentence').textContent();
  const [opened] = await Promise.all([page.context().waitForEvent('page'), lab(page).getByRole('link', { name: 'Open in the lab' }).click()]);
  await opened.locator('[data-ready]').waitFor();
  assert.equal(await opened.locator('article[data-mode="ipvs"] .sentence').textContent(), told);
  assert.equal(await opened.locator('output[aria-label="Replicas: Deployment shop/web"]').textContent(), '4');
});

test('without an address of a lab there is no way there', async (t) => {
  const page = await openHost(t, figure(''));
  await event(page, 'ready');
  assert.equal(await lab(page).getByRole('link', { name: 'Open in the lab' }).count(), 0);
});
