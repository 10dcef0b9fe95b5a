// What a page sees of a figure that cannot be shown: a message in its place, an event, and nothing else.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { event, events, openHost, ROOT } from './host.mjs';

const figure = (attributes, inside = '') => `<datapath-lab ${attributes}>${inside}</datapath-lab>`;

async function refused(page, words, id = '') {
  const { detail } = await event(page, 'error', id);
  assert.match(detail.message, words);
  const alert = page.locator(`datapath-lab${id && `#${id}`}`).getByRole('alert');
  assert.match(await alert.textContent(), words);
  assert.ok(await alert.isVisible());
  assert.ok(await page.locator('#end').isVisible(), 'the page goes on');
  return detail;
}

for (const [what, html, words] of [
  ['a scenario that does not exist', figure('scenario="atlantis"'), /no scenario "atlantis".*web-shop/],
  ['a view that does not exist', figure('view="everything"'), /view has "everything".*full, lane, trace/],
  ['a step that is none', figure('step="soon"'), /step has "soon"/],
  ['a client that does not exist', figure('client="nobody"'), /no client "nobody"/],
  ['a port that does not exist', figure('target="shop/web" port="81"'), /no port 81.*80\/tcp/],
  ['an address that does not exist', figure('src="nowhere.yaml"'), /nowhere\.yaml: HTTP 404/],
  ['another site', figure('src="https://other.example/lab.yaml"'), /another site, https:\/\/other\.example/],
  ['a page in place of a text', figure('src="page.yaml"'), /is no cluster/],
  ['a later version', figure('', '<script type="application/json">{"datapath-lab": 9, "text": []}</script>'), /a later version of the lab wrote it/],
  ['a link of a later version', figure('link="v9.abc"'), /a later version/],
  ['a damaged link', figure('link="v1.abc"'), /its end is missing/],
  ['a link that is none', figure('link="https://example.org/#top"'), /none of the lab's/],
  ['a damaged file', figure('', '<script type="application/json">{"datapath-lab": 1, </script>'), /no JSON from line 1/],
]) {
  test(what, async (t) => {
    const page = await openHost(t, html, { serves: { '/page.yaml': '<!doctype html><title>Not found</title>' } });
    await refused(page, words);
    assert.deepEqual((await events(page)).map(({ kind }) => kind), ['error']);
    assert.deepEqual(page.errors.filter((error) => !error.includes('404')), []);
  });
}

test('a text with an error is told with its place', async (t) => {
  const page = await openHost(t, figure('', '<script type="text/yaml">\n  kind: Service\n  metadata: [\n</script>'));
  const { diagnostics } = await refused(page, /is no cluster/);
  assert.equal(diagnostics[0].severity, 'error');
  assert.ok(diagnostics[0].line >= 2 && diagnostics[0].column >= 1, JSON.stringify(diagnostics[0]));
  assert.ok(diagnostics[0].expected && diagnostics[0].advice);
  // Mended, it is shown.
  await page.evaluate(() => {
    const element = document.querySelector('datapath-lab');
    element.replaceChildren();
    element.setAttribute('scenario', 'web-shop');
  });
  await event(page, 'ready');
  await page.locator('datapath-lab article').first().waitFor();
});

const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";

test('a strict Content-Security-Policy lets it pass, in every view', async (t) => {
  const views = ['full', 'lane', 'trace', 'rules', 'graph', 'chart'];
  const body = views.map((view) => figure(`id="${view}" view="${view}" loading="eager" language="zh-CN"`)).join('');
  const page = await openHost(t, body, { headers: { 'Content-Security-Policy': STRICT } });
  for (const view of views) await event(page, 'ready', view);
  await page.evaluate(() => document.querySelector('#full').goTo(9));
  await page.waitForTimeout(500);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  // Widths of bars are styles that are set by scripts, which is let pass where attributes are not.
  const width = await page.locator('#full .counters .bar').first().evaluate((bar) => bar.style.getPropertyValue('--all'));
  assert.match(width, /^\d+\.\d\d%$/);
  assert.deepEqual(page.errors, []);
});

test('without wasm-unsafe-eval it says what is needed', async (t) => {
  const policy = STRICT.replace(" 'wasm-unsafe-eval'", '');
  const page = await openHost(t, figure('', '<p id="instead">A picture of it.</p>'), { headers: { 'Content-Security-Policy': policy } });
  await refused(page, /could not start/);
  assert.match(await page.locator('datapath-lab').getByRole('alert').textContent(), /'wasm-unsafe-eval'/);
});

test('where its file is missing it says so, and the next one tries again', async (t) => {
  const page = await openHost(t, figure('id="a"'));
  await page.route('**/*.wasm', (route) => route.fulfill({ status: 404, body: '' }));
  await page.reload();
  await refused(page, /could not start/, 'a');
  await page.unroute('**/*.wasm');
  await page.evaluate(() => {
    const element = document.createElement('datapath-lab');
    element.id = 'b';
    document.querySelector('h1').after(element);
  });
  await event(page, 'ready', 'b');
});

async function other(version) {
  const files = ['datapath-lab.js', 'element.js', 'load.js', 'headless.js', 'datapath_wasm.js'];
  const texts = await Promise.all(files.map((file) => readFile(`${ROOT}/pkg/${file}`, 'utf8')));
  const serves = Object.fromEntries(files.map((file, index) => [`/other/${file}`, texts[index]]));
  serves['/other/version.js'] = `export const version = "${version}";`;
  return {
    head: '<script type="module" src="/pkg/datapath-lab.js"></script><script type="module" src="/other/datapath-lab.js"></script>',
    serves,
  };
}

test('two versions on one page: neither is shown', async (t) => {
  const page = await openHost(t, figure('id="a"') + figure('id="b" loading="eager"'), await other('7.0.0'));
  const own = JSON.parse(await readFile(`${ROOT}/wasm-pkg/package.json`, 'utf8')).version;
  for (const id of ['a', 'b']) await refused(page, new RegExp(`two versions of Datapath Lab, ${own.replaceAll('.', '\\.')} and 7\\.0\\.0`), id);
  assert.deepEqual(page.errors, []);
});

test('two copies of versions that understand each other: one is shown', async (t) => {
  const page = await openHost(t, figure(''), await other('0.1.9'));
  await event(page, 'ready');
  assert.deepEqual(page.errors, []);
});
