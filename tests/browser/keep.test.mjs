// What a user does to take something back, to keep a lab, and to pass it on.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { test } from 'node:test';
import { lane, openAt, openLab, sentence, unfold } from './lab.mjs';

const PHONE = { width: 390, height: 844, hasTouch: true, isMobile: true };
const ready = (page) => page.locator('[data-ready]').waitFor();
const position = (page) => page.getByRole('slider', { name: 'Position' }).inputValue();
const undo = (page) => page.getByRole('button', { name: /^Undo:/ });
const redo = (page) => page.getByRole('button', { name: /^Redo:/ });
const sheet = (page) => page.getByRole('dialog', { name: 'Keep and share' });
const share = (page) => page.getByRole('button', { name: 'Keep and share' }).click();
const text = (page) => page.getByLabel('Cluster as YAML or JSON');
// Until Deployment web has so many.
const replicas = (page, count) =>
  page.locator('output[aria-label="Replicas: Deployment shop/web"]', { hasText: String(count) }).waitFor();
// The state is written a moment after the last change.
const kept = (page) => page.waitForTimeout(700);

async function open(t, options) {
  const page = await openLab(t, { width: 1440, height: 900, ...options });
  await ready(page);
  return page;
}

// All that the lanes, the connection tables, which follow a moment later, and the workloads show.
async function look(page) {
  await page.locator('.connections[aria-busy=false]').waitFor();
  return page.evaluate(() => {
    const all = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent);
    return {
      parts: ['.sentence', '.header', '.badge', '.connections .listing', '.pods', '.workloads output'].map(all),
      position: document.querySelector('input[type=range]').value,
      chosen: [...document.querySelectorAll('.send select')].map((select) => select.selectedOptions[0].textContent),
    };
  });
}

async function link(page) {
  await share(page);
  const address = await sheet(page).getByLabel('The link').inputValue();
  await page.keyboard.press('Escape');
  return address;
}

async function loadOther(page) {
  await text(page).fill((await text(page).inputValue()).replaceAll('node3', 'node-three'));
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await page.locator('.send').getByLabel('From').locator('option', { hasText: 'node-three' }).first().waitFor({ state: 'attached' });
}

for (const [size, options] of [['desktop', {}], ['phone', PHONE]]) {
  test(`${size}: everything that changes the lab is taken back and done again`, async (t) => {
    const page = await open(t, options);
    const seen = [await look(page)];
    assert.ok(await undo(page).isDisabled());
    const deeds = [
      ['send to shop/cart', async () => {
        await unfold(page);
        await page.getByLabel('To Service').selectOption({ label: 'cart:http · TCP 80' });
        await page.getByRole('button', { name: 'Send packet' }).click();
      }],
      ['next packet', () => page.getByRole('button', { name: 'Next packet' }).click()],
      ['kubectl scale deployment/web -n shop --replicas=4', () =>
        page.getByLabel('One replica more: Deployment shop/web').click()],
      ['let 10 s pass', () => page.getByRole('button', { name: '10 s', exact: true }).click()],
    ];
    for (const [name, act] of deeds) {
      await act();
      await page.getByRole('button', { name: `Undo: ${name}` }).waitFor();
      seen.push(await look(page));
    }
    for (let at = deeds.length; at > 0; at -= 1) {
      await undo(page).click();
      await page.getByRole('button', { name: `Redo: ${deeds[at - 1][0]}` }).waitFor();
      const { parts } = await look(page);
      assert.deepEqual(parts, seen[at - 1].parts, `before: ${deeds[at - 1][0]}`);
    }
    assert.ok(await undo(page).isDisabled());
    for (let at = 1; at <= deeds.length; at += 1) {
      await redo(page).click();
      await page.getByRole('button', { name: `Undo: ${deeds[at - 1][0]}` }).waitFor();
      assert.deepEqual((await look(page)).parts, seen[at].parts, deeds[at - 1][0]);
    }
    assert.ok(await redo(page).isDisabled());
    assert.deepEqual(page.errors, []);
  });
}

test('keys take back and do again, across a reload and another text, but not in a text field', async (t) => {
  const page = await open(t);
  await page.keyboard.press('n');
  await page.getByRole('button', { name: 'Undo: next packet' }).waitFor();
  await loadOther(page);
  await page.keyboard.press('Control+z');
  assert.doesNotMatch(await text(page).inputValue(), /node-three/, 'the text is that of the lab that is back');
  await page.locator('.send').getByLabel('From').locator('option', { hasText: 'node3' }).first().waitFor({ state: 'attached' });
  await page.keyboard.press('Control+Shift+z');
  await page.locator('.send').getByLabel('From').locator('option', { hasText: 'node-three' }).first().waitFor({ state: 'attached' });
  assert.match(await text(page).inputValue(), /node-three/, 'and what was loaded comes back with its lab');
  await page.keyboard.press('Control+z');
  await page.getByRole('button', { name: 'Undo: next packet' }).waitFor();
  await kept(page);
  await page.reload();
  await ready(page);
  await page.locator('body').press('Control+z');
  await page.getByRole('button', { name: 'Redo: next packet' }).waitFor();

  await text(page).press('End');
  await page.keyboard.type('# typed');
  await page.keyboard.press('Control+z');
  await page.getByRole('button', { name: 'Redo: next packet' }).waitFor();
  await page.locator('h1').click();
  await page.keyboard.press('Control+y');
  await page.getByRole('button', { name: 'Undo: next packet' }).waitFor();
  assert.deepEqual(page.errors, []);
});

for (const [size, options] of [['desktop', {}], ['phone', PHONE]]) {
  test(`${size}: a link carries the lab and the step, and takes nothing from who opens it`, async (t) => {
    const author = await open(t, { ...options, permissions: ['clipboard-read', 'clipboard-write'] });
    await unfold(author);
    await author.getByLabel('To Service').selectOption({ label: 'cart:http · TCP 80' });
    await author.getByRole('button', { name: 'Send packet' }).click();
    await author.getByLabel('One replica more: Deployment shop/web').click();
    await author.getByRole('button', { name: 'Rewritten' }).click();
    await share(author);
    await sheet(author).getByRole('button', { name: 'Copy link' }).click();
    await sheet(author).getByText('Copied.').waitFor();
    assert.match(await sheet(author).locator('section').first().textContent(), /\d+ characters\./);
    const address = await author.evaluate(() => navigator.clipboard.readText());
    assert.match(address, /#v1\.[\w-]+$/);
    await author.keyboard.press('Escape');

    const visitor = await open(t, options);
    await visitor.getByRole('button', { name: 'Next packet' }).click();
    const own = await look(visitor);
    await kept(visitor);
    const { hash } = new URL(address);
    await visitor.evaluate((hash) => (location.hash = hash), hash);
    await visitor.getByText('This lab came with the link.').waitFor();
    assert.deepEqual(await look(visitor), await look(author));
    assert.equal(new URL(visitor.url()).hash, '');

    // What the visitor had is one step of the browser's history, or one click, away.
    await visitor.goBack();
    await replicas(visitor, 3);
    assert.deepEqual((await look(visitor)).parts, own.parts);
    await visitor.goForward();
    await replicas(visitor, 4);
    await visitor.reload();
    await ready(visitor);
    assert.deepEqual((await look(visitor)).parts, (await look(author)).parts);
    await share(visitor);
    assert.equal(await sheet(visitor).locator('.recent li').count(), 2);
    await sheet(visitor).locator('.recent button.link:enabled').click();
    await replicas(visitor, 3);
    assert.deepEqual((await look(visitor)).parts, own.parts);

    // Cold, in a browser that has never seen the lab.
    const stranger = await openLab(t, { width: 1440, height: 900, ...options, path: `/${hash}` });
    await ready(stranger);
    assert.deepEqual(await look(stranger), await look(author));
    assert.equal(await stranger.locator('.notices .card').count(), 0);
    for (const page of [author, visitor, stranger]) assert.deepEqual(page.errors, []);
  });
}

test('a link keeps the lanes that go alone', async (t) => {
  const author = await open(t, { permissions: ['clipboard-read', 'clipboard-write'] });
  const said = (page) => Promise.all(['iptables', 'nftables', 'ipvs'].map((mode) => sentence(page, mode)));
  await lane(author, 'nftables').getByRole('button', { name: 'Run apart' }).click();
  for (let step = 0; step < 6; step += 1) await author.keyboard.press('ArrowRight');
  await author.keyboard.press('1');
  await author.keyboard.press('ArrowRight');
  await share(author);
  await sheet(author).getByRole('button', { name: 'Copy link' }).click();
  await sheet(author).getByText('Copied.').waitFor();
  const { hash } = new URL(await author.evaluate(() => navigator.clipboard.readText()));
  const visitor = await openLab(t, { width: 1440, height: 900, path: `/${hash}` });
  await ready(visitor);
  assert.deepEqual(await said(visitor), await said(author));
  await lane(visitor, 'nftables').getByRole('button', { name: 'Back together' }).waitFor();
  assert.deepEqual(visitor.errors, []);
});

test('a link of version 1 opens for ever', async (t) => {
  const golden = await fs.readFile(new URL('../../core/src/session/golden/v1.fragment', import.meta.url), 'utf8');
  const page = await openLab(t, { path: `/#${golden.trim()}` });
  await ready(page);
  assert.equal(await position(page), '12');
  assert.match(await page.getByLabel('To Service').locator('option:checked').textContent(), /cart/);
  assert.equal(await page.getByLabel('Replicas: Deployment shop/web').textContent(), '5');
  assert.deepEqual(page.errors, []);
});

test('a damaged, cut or future link says so, and the page opens', async (t) => {
  const address = await link(await open(t));
  const hash = new URL(address).hash;
  for (const [broken, said] of [
    [hash.slice(0, -20), /its end is missing/],
    [`${hash.slice(0, 40)}%20${hash.slice(40)}`, /which no link has/],
    [`${hash.slice(0, 40)}AAAA${hash.slice(44)}`, /a part of it was changed/],
    ['#v7.abc', /a later version of the lab/],
  ]) {
    const page = await openLab(t, { path: `/${broken}` });
    await ready(page);
    const alert = page.getByRole('alert').first();
    assert.match(await alert.textContent(), said);
    assert.equal(await page.locator('.lane').count(), 3);
    await page.getByRole('button', { name: 'Close this message' }).click();
    assert.equal(await alert.count(), 0);
    assert.deepEqual(page.errors, []);
  }
});

test('a lab that is too long for a link is saved as a file instead', async (t) => {
  const page = await open(t);
  const noise = Array.from({ length: 1500 }, () => `# ${Math.random().toString(36)}${Math.random().toString(36)}`);
  // As a paste comes: typing as much takes a browser long.
  await text(page).evaluate((area, noise) => {
    area.value += noise;
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }, `${noise.join('\n')}\n`);
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await page.getByText('This is what the lanes show.').waitFor();
  await share(page);
  await sheet(page).getByText('too long for the address bar').waitFor();
  assert.ok(await sheet(page).getByRole('button', { name: 'Copy link' }).isDisabled());
});

test('a lab is saved as a file, and opened by button and by dropping', async (t) => {
  const page = await open(t);
  await page.getByLabel('One replica more: Deployment shop/web').click();
  await page.getByRole('button', { name: 'Rewritten' }).click();
  const before = await look(page);
  await share(page);
  const download = page.waitForEvent('download');
  await sheet(page).getByRole('button', { name: 'Save as a file' }).click();
  const file = await (await download).path();
  const saved = await fs.readFile(file, 'utf8');
  assert.equal(JSON.parse(saved)['datapath-lab'], 1);
  assert.match(saved, /"kubectl scale deployment\/web -n shop --replicas=4"/);

  const other = await open(t);
  await share(other);
  await sheet(other).getByLabel('Open a file…').setInputFiles(file);
  await replicas(other, 4);
  assert.deepEqual(await look(other), before);

  const drop = async (contents, name) => {
    const data = await other.evaluateHandle(({ contents, name }) => {
      const data = new DataTransfer();
      data.items.add(new File([contents], name));
      return data;
    }, { contents, name });
    await other.locator('h1').dispatchEvent('dragover', { dataTransfer: data });
    await other.getByText('Drop to open').waitFor();
    await other.locator('h1').dispatchEvent('drop', { dataTransfer: data });
    await other.getByText('Drop to open').waitFor({ state: 'detached' });
  };
  await drop(saved.replace('replicas=4', 'replicas=2'), 'lab.json');
  await replicas(other, 2);
  await drop(saved.slice(0, 300), 'lab.json');
  await other.getByText(/The file could not be opened: it is no JSON from line/).waitFor();
  await drop(saved.replace('"datapath-lab": 1', '"datapath-lab": 9'), 'lab.json');
  await other.getByText(/a later version of the lab wrote it/).waitFor();
  const was = await look(other);
  const written = await text(other).inputValue();
  const refused = other.getByRole('alert');
  await drop('\u0089PNG\r\n\u001a\n\0\0\0\rIHDR', 'picture.png');
  await refused.getByText(/The file is no text in UTF-8/).waitFor();
  assert.equal(await text(other).inputValue(), written, 'a picture does not take the place of the text');
  await drop('{"version": 99}', 'other.json');
  await refused.getByText(/^The file was not taken\. Line 1, column 1: .*Cluster/s).waitFor();
  assert.deepEqual(await look(other), was);
  await drop(written.replaceAll('node3', 'node-three'), 'cluster.yaml');
  await other.locator('.send').getByLabel('From').locator('option', { hasText: 'node-three' }).first().waitFor({ state: 'attached' });
  assert.deepEqual(other.errors, []);
});

test('labs stay until they are removed, whatever is opened and however the page is left', async (t) => {
  const page = await open(t);
  await page.getByRole('button', { name: 'Next packet' }).click();
  await loadOther(page);
  // Left at once: nothing waits to be written.
  await page.close({ runBeforeUnload: true });
  const next = await page.context().newPage();
  await next.goto('/');
  await ready(next);
  assert.match(await text(next).inputValue(), /node-three/);
  await share(next);
  const rows = sheet(next).locator('.recent li');
  assert.equal(await rows.count(), 2);
  await rows.getByRole('button', { name: /^Remove/ }).click();
  assert.equal(await rows.count(), 1);
  const left = await next.evaluate(() => Object.keys(localStorage).filter((key) => key.endsWith('.text')).length);
  assert.equal(left, 1);
});

test('a full storage says what does not fit', async (t) => {
  const page = await open(t);
  await page.evaluate(() => {
    let size = 2 ** 22;
    for (let n = 0; size > 8; n += 1) {
      try {
        localStorage.setItem(`full-${n}`, 'x'.repeat(size));
      } catch {
        size /= 2;
      }
    }
  });
  await loadOther(page);
  await page.getByText(/room for this page is full: \d+ kB more do not fit/).waitFor();
  await page.getByRole('button', { name: 'Last step' }).click();
  assert.equal(await page.locator('[data-outcome="accepted"]').count(), 3);
  assert.deepEqual(page.errors, []);
});

test('works without a network after the first visit, under any path', async (t) => {
  const { page, url, update } = await openAt(t, '/some/path/');
  await ready(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await page.getByRole('button', { name: 'Next packet' }).click();
  await kept(page);
  await page.context().setOffline(true);
  await page.reload();
  await ready(page);
  await page.getByRole('button', { name: 'Undo: next packet' }).waitFor();
  const cold = await page.context().newPage();
  await cold.goto(url);
  await ready(cold);
  await cold.close();
  await page.context().setOffline(false);

  // A new version waits until it is asked for.
  await update();
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await page.getByText('A new version of the lab is ready').waitFor();
  const left = page.waitForEvent('framenavigated');
  await page.getByRole('button', { name: 'Open it' }).click();
  await left;
  await ready(page);
  await page.getByRole('button', { name: 'Undo: next packet' }).waitFor();
  const manifest = await page.evaluate(async () => {
    const { href } = document.querySelector('link[rel=manifest]');
    const manifest = await (await fetch(href)).json();
    const icons = manifest.icons.map(async ({ src }) => (await fetch(new URL(src, href))).ok);
    return { ...manifest, found: await Promise.all(icons) };
  });
  assert.equal(manifest.display, 'standalone');
  assert.deepEqual(new Set(manifest.found), new Set([true]));
});

test('a failure of the program says so, offers the lab, and goes on from the last good step', async (t) => {
  const page = await open(t);
  await page.getByLabel('One replica more: Deployment shop/web').click();
  await replicas(page, 4);
  const before = await look(page);
  // The browser fails the program where it does not expect that.
  await page.evaluate(() => {
    for (const [kind, make] of [[Document, 'createElement'], [Document, 'createElementNS'], [Node, 'cloneNode']]) {
      const own = kind.prototype[make];
      kind.prototype[make] = function (...rest) {
        const node = own.apply(this, rest);
        if (node.localName === 'li') throw new Error('no more elements');
        return node;
      };
    }
  });
  await page.getByLabel('One replica more: Deployment shop/web').click();
  const crash = page.getByRole('alertdialog', { name: 'The lab failed' });
  await crash.waitFor();
  assert.equal(await crash.count(), 1);
  const download = page.waitForEvent('download');
  await crash.getByRole('link', { name: 'Save the lab as a file' }).click();
  const saved = JSON.parse(await fs.readFile(await (await download).path(), 'utf8'));
  assert.deepEqual(saved.done.filter((line) => line.startsWith('kubectl')), [
    'kubectl scale deployment/web -n shop --replicas=4',
  ]);
  await crash.getByRole('link', { name: 'Go on from the last good step' }).click();
  await ready(page);
  assert.deepEqual((await look(page)).parts, before.parts);
});

test('a lab that is reloaded while the rest of the page still waits is there again, with no word of a failure', async (t) => {
  const page = await open(t);
  await page.getByLabel('One replica more: Deployment shop/web').click();
  await replicas(page, 4);
  await kept(page);
  // Nobody touches this page: what stands below the lanes comes by itself after a while.
  const still = await page.context().newPage();
  await still.addInitScript(() => window.addEventListener('pointermove', (event) => event.stopImmediatePropagation(), true));
  for (const wait of [0, 300, 1300]) {
    await still.goto('/');
    await still.locator('.lane .sentence').first().waitFor();
    await still.waitForTimeout(wait);
  }
  await still.reload();
  await still.locator('[data-ready]').waitFor();
  await replicas(still, 4);
  assert.equal(await still.getByText('The page failed or was closed').count(), 0);
});
