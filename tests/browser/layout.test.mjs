// Every width between a phone and a wide screen, and where the focus is after what was pressed is done.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

async function open(t, options) {
  const page = await openLab(t, { width: 1440, height: 900, ...options });
  await page.locator('[data-ready]').waitFor();
  return page;
}

for (const locale of ['en', 'zh-CN']) {
  test(`${locale}: no width from 360 to 1920 pixels scrolls sideways or cuts the masthead`, async (t) => {
    const page = await open(t, { locale });
    await page.locator('.structure svg').waitFor();
    const broken = [];
    for (let width = 360; width <= 1920; width += 20) {
      await page.setViewportSize({ width, height: 900 });
      const wrong = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        const cut = [...document.querySelectorAll('.masthead .segmented')].some((group) => group.scrollWidth > group.clientWidth);
        const off = [...document.querySelectorAll('.masthead :is(button, select)')].some((control) => {
          const { left, right } = control.getBoundingClientRect();
          return left < 0 || right > window.innerWidth;
        });
        return [scrollWidth - clientWidth && `${scrollWidth - clientWidth} px`, cut && 'cut', off && 'off the page'].filter(Boolean);
      });
      if (wrong.length > 0) broken.push(`${width}: ${wrong.join(', ')}`);
    }
    assert.deepEqual(broken, []);
  });
}

const focused = (page) => page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim().slice(0, 60));

for (const [name, options] of [['desktop', {}], ['phone', { width: 390, height: 844 }]]) {
  test(`${name}: what has nothing more to do keeps the focus`, async (t) => {
    const page = await open(t, options);
    const press = async (button) => {
      await button.focus();
      const before = await focused(page);
      await page.keyboard.press('Enter');
      await page.waitForTimeout(300);
      return [before, await focused(page)];
    };
    const named = (name) => page.getByRole('button', { name, exact: true });
    for (const button of [named('Last step'), named('First step')]) {
      const [before, after] = await press(button);
      assert.equal(after, before);
      assert.equal(await button.getAttribute('aria-disabled'), 'true');
    }
    await named('Last step').press('Enter');
    const close = page.locator('.send .buttons button').nth(2);
    const [before, after] = await press(close);
    assert.equal(after, before);
    assert.equal(await close.getAttribute('aria-disabled'), 'true');
    const position = await page.getByRole('slider', { name: 'Position' }).inputValue();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(200);
    assert.equal(await page.getByRole('slider', { name: 'Position' }).inputValue(), position, 'and does nothing');
    const undo = page.locator('.undoing button').first();
    for (let n = 0; n < 20 && (await undo.getAttribute('aria-disabled')) !== 'true'; n += 1) await press(undo);
    assert.equal(await page.evaluate(() => document.activeElement.closest('.undoing') !== null), true);
    await page.getByRole('button', { name: 'Load', exact: true }).press('Enter');
    await page.waitForTimeout(1500);
    assert.equal(await focused(page), 'Load');
    assert.deepEqual(page.errors, []);
  });
}

test('the focus of a Pod that goes is on what its going led to', async (t) => {
  const page = await open(t);
  const remove = page.locator('.pods button', { hasText: 'Delete' }).first();
  const before = await page.locator('.rounds > li').count();
  await remove.press('Enter');
  await page.locator('.rounds > li').first().waitFor();
  await page.waitForTimeout(300);
  assert.notEqual(await page.locator('.rounds > li').count(), before);
  assert.ok(await page.evaluate(() => document.activeElement.closest('.operate') !== null), await focused(page));
});

test('the runs of the model keep the focus of what began them', async (t) => {
  const page = await open(t);
  for (const button of [page.locator('.answers .choices > button'), page.locator('.published .buttons button').first()]) {
    await button.focus();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(600);
    assert.ok(await button.evaluate((element) => document.activeElement === element), await focused(page));
  }
  assert.deepEqual(page.errors, []);
});

for (const [name, options] of [['desktop', {}], ['phone', { width: 390, height: 844, hasTouch: true, isMobile: true }]]) {
  test(`${name}: what has the focus is never below the command line's button, and neither is the page's end`, async (t) => {
    const page = await open(t, options);
    const below = () =>
      page.evaluate(() => {
        const opener = document.querySelector('.shell-opener').getBoundingClientRect();
        const reaches = ({ left, right, top, bottom }) =>
          left < opener.right && right > opener.left && top < opener.bottom && bottom > opener.top;
        const { activeElement } = document;
        // What is higher than the window, or the button itself, cannot be beside it.
        const counts = activeElement.offsetHeight < window.innerHeight / 3 && !activeElement.matches('.shell-opener');
        return counts && reaches(activeElement.getBoundingClientRect()) ? activeElement.outerHTML.slice(0, 120) : null;
      });
    const found = [];
    await page.locator('.operate button').first().focus();
    for (let presses = 0; presses < 90; presses += 1) {
      await page.keyboard.press('Tab');
      const what = await below();
      if (what) found.push(what);
    }
    assert.deepEqual(found, []);
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    const [end, button] = [await page.locator('.footer p').last().boundingBox(), await page.locator('.shell-opener').boundingBox()];
    assert.ok(end.y + end.height <= button.y, `${end.y + end.height} and ${button.y}`);
  });
}

test('the listing of another cluster is at its beginning, or at the current rule', async (t) => {
  const page = await open(t);
  await page.getByRole('button', { name: 'Last step' }).click();
  const code = page.locator('article[data-mode="iptables"] .code');
  await page.waitForFunction((box) => box.scrollTop > 100, await code.elementHandle());
  const text = page.getByLabel('Cluster as YAML or JSON');
  await text.fill((await text.inputValue()).replaceAll('node3', 'node-three'));
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await page.locator('.send').getByLabel('From').locator('option', { hasText: 'node-three' }).first().waitFor({ state: 'attached' });
  await page.waitForTimeout(300);
  const { top, current } = await code.evaluate((box) => {
    const line = box.querySelector('.current, .last');
    const inside = line && line.offsetTop >= box.scrollTop && line.offsetTop < box.scrollTop + box.clientHeight;
    return { top: box.scrollTop, current: inside };
  });
  assert.ok(top === 0 || current, `${top}, ${current}`);
  assert.deepEqual(page.errors, []);
});
