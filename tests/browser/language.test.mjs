// The page in another language: chosen by the browser or by hand, complete, and with nothing lost on the way.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SIZES = [
  ['desktop', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844, hasTouch: true, isMobile: true }],
];

// Runs of three or more English words, outside of what is quoted: code, listings, names.
const ENGLISH = () => {
  const quoted = 'code, pre, kbd, textarea, select, option, .mono, .code, .listing, .ruleset, .objects, .commands, .header, script, style';
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest(quoted)) continue;
    const runs = node.data.match(/\b[A-Za-z’']{2,}(?:[ ,]+[A-Za-z’']{2,}){2,}/g) ?? [];
    found.push(...runs.filter((run) => /\b[a-z]{2,}\b/.test(run)));
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
    if (element.closest('.mono, .code, .listing')) continue;
    for (const name of ['aria-label', 'title']) {
      // What is undone is told as a command.
      const run = element.getAttribute(name)?.replace(/kubectl .*/, '').match(/\b[a-z’']{2,}(?:[ ,]+[a-z’']{2,}){2,}/);
      if (run) found.push(`${name}: ${run[0]}`);
    }
  }
  return found;
};

async function assertChinese(page, screen) {
  const left = await page.evaluate(ENGLISH);
  assert.deepEqual(left, [], `English is left on “${screen}”`);
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
}

async function assertAccessible(page, screen) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((rules) => window.axe.run({ runOnly: rules }), RULES);
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes[0].html]), [], screen);
}

for (const [size, options] of SIZES) {
  test(`a packet in Chinese, on a ${size}`, async (t) => {
    const page = await openLab(t, { ...options, locale: 'zh-CN' });
    await page.locator('.lab[data-ready]').waitFor();
    await assertChinese(page, 'as it opens');
    await page.getByRole('button', { name: '发送数据包', exact: true }).click();
    await page.getByRole('button', { name: '后端已选定' }).click();
    await assertChinese(page, 'the backend is chosen');
    // Every sentence of the journey.
    const first = page.locator('article.lane').first();
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('ArrowLeft');
      assert.match(await first.locator('.sentence').innerText(), /[\u4e00-\u9fff]/);
    }
    await page.keyboard.press('w');
    await page.keyboard.press('End');
    assert.match(await first.locator('.badge').innerText(), /已应答/);
    await assertChinese(page, 'the end, with why');
    await assertAccessible(page, 'the end, with why');
    await page.getByRole('button', { name: '分享' }).or(page.getByRole('button', { name: '保存与分享' })).first().click();
    await assertChinese(page, 'keep and share');
    await page.keyboard.press('Escape');
    await page.getByLabel('增加一个副本').first().click();
    await page.locator('.rounds > li').first().waitFor();
    for (const summary of await page.locator('summary:visible').all()) await summary.click();
    await assertChinese(page, 'an action and its path');
    await assertAccessible(page, 'an action and its path');
    assert.deepEqual(page.errors, []);
  });
}

const PASTES = [
  ['a copy of a node', () => '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp --dprot 80 -j DNAT\nCOMMIT\n'],
  ['a Service', (text) => text.replace('port: 80\n', 'port: 70000\n')],
];

for (const [name, broken] of PASTES) {
  test(`what is wrong with ${name} is said in Chinese, and again in English`, async (t) => {
    const page = await openLab(t, { width: 1440, locale: 'zh-CN' });
    await page.locator('.lab[data-ready]').waitFor();
    const area = page.locator('.cluster textarea');
    await area.fill(broken(await area.inputValue()));
    await page.getByRole('button', { name: '加载', exact: true }).click();
    const error = page.locator('.diagnostics .error').first();
    await error.waitFor();
    // What the tool or the API server says is a quotation; what was expected and what to do is the lab's own.
    const [, expected, advice] = await error.locator('p').allInnerTexts();
    assert.match(expected, /^应为：.*[\u4e00-\u9fff]/);
    assert.match(advice, /[\u4e00-\u9fff]/);
    await page.getByLabel('语言').selectOption({ label: 'English' });
    await page.getByRole('button', { name: 'Send packet', exact: true }).waitFor();
    const told = (await error.locator('p').allInnerTexts()).join(' ');
    assert.match(told, /^Error .* Expected: /);
    assert.doesNotMatch(told, /[\u4e00-\u9fff]/);
    assert.deepEqual(page.errors, []);
  });
}

test('another language is chosen by hand, loses nothing, and is kept', async (t) => {
  const page = await openLab(t, { width: 1440 });
  await page.locator('.lab[data-ready]').waitFor();
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'Backend chosen' }).click();
  const place = await page.locator('.transport output').innerText();
  await page.locator('.cluster textarea').fill('# mine');
  await page.getByLabel('Language').selectOption({ label: '简体中文' });
  await page.getByRole('button', { name: '后端已选定' }).waitFor();
  await assertChinese(page, 'after the choice');
  assert.equal(await page.locator('.cluster textarea').inputValue(), '# mine');
  const numbers = (text) => text.match(/\d+/g);
  assert.deepEqual(numbers(await page.locator('.transport output').innerText()), numbers(place));
  await page.waitForTimeout(600);
  await page.reload();
  await page.getByRole('button', { name: '发送数据包', exact: true }).waitFor();
  await page.getByLabel('语言').selectOption({ label: 'English' });
  await page.getByRole('button', { name: 'Send packet', exact: true }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.deepEqual(page.errors, []);
});
