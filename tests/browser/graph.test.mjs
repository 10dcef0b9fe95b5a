// The graph of the chains: larger and smaller, moved, and the way from a chain to its rules and back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

async function open(t, options) {
  const page = await openLab(t, { width: 1440, height: 900, ...options });
  await page.locator('[data-ready]').waitFor();
  await page.keyboard.press('End');
  const graph = page.locator('.structure .picture');
  await graph.locator('svg').waitFor();
  await graph.evaluate((frame) => frame.scrollIntoView({ block: 'center' }));
  await page.waitForTimeout(200);
  return { page, graph };
}

// What is shown of the picture, and how the frame stands on the page.
const seen = (graph) =>
  graph.evaluate((frame) => {
    const picture = frame.querySelector('svg').getBoundingClientRect();
    const { clientWidth, scrollWidth, scrollLeft, scrollTop, offsetHeight } = frame;
    return { wide: picture.width, clientWidth, scrollWidth, scrollLeft, scrollTop, offsetHeight };
  });

const rendered = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));

for (const [name, options] of [
  ['desktop', {}],
  ['phone in the dark', { width: 390, height: 844, colorScheme: 'dark', hasTouch: true, isMobile: true, deviceScaleFactor: 2 }],
]) {
  test(`${name}: the graph opens readable, grows and shrinks by buttons and keys, and moves nothing below it`, async (t) => {
    const { page, graph } = await open(t, options);
    const zooming = page.locator('.zooming');
    // Where its words would be smaller than this when it is fitted it opens larger, on the packet's path.
    const words = await graph.locator('text').first().evaluate((word) => word.getBoundingClientRect().height);
    assert.ok(words >= 8, `${words} px`);
    const first = await graph.evaluate((frame) => {
      const { left, right, top, bottom } = frame.getBoundingClientRect();
      const boxes = [...frame.querySelectorAll('g.lit')].map((box) => box.getBoundingClientRect());
      return boxes.filter((box) => box.left >= left && box.right <= right && box.top >= top && box.bottom <= bottom).length;
    });
    assert.ok(first >= 2, `${first} boxes of the path are in sight`);
    await zooming.getByRole('button', { name: 'Fit' }).click();
    await rendered(page);
    const fitted = await seen(graph);
    assert.ok(fitted.scrollWidth <= fitted.clientWidth, JSON.stringify(fitted));
    await zooming.getByRole('button', { name: 'Larger' }).click();
    await rendered(page);
    const larger = await seen(graph);
    assert.ok(Math.abs(larger.wide / fitted.wide - 1.3) < 0.01, JSON.stringify(larger));
    assert.equal(larger.offsetHeight, fitted.offsetHeight);
    assert.match(await zooming.locator('output').textContent(), /\d+ %/);
    await graph.focus();
    await page.keyboard.press('+');
    await rendered(page);
    assert.ok((await seen(graph)).wide > larger.wide * 1.2);
    const position = await page.getByRole('slider', { name: 'Position' }).inputValue();
    const before = await seen(graph);
    await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(400);
    assert.ok((await seen(graph)).scrollLeft > before.scrollLeft, 'an arrow moves the picture');
    assert.equal(await page.getByRole('slider', { name: 'Position' }).inputValue(), position, 'and not the packet');
    await page.keyboard.press('-');
    await page.keyboard.press('0');
    await rendered(page);
    assert.deepEqual(await seen(graph), fitted);
    assert.deepEqual(page.errors, []);
  });
}

test('Ctrl and the wheel zoom where the pointer is; the wheel alone is the page’s where the picture ends', async (t) => {
  const { page, graph } = await open(t);
  const box = await graph.boundingBox();
  const at = { x: box.x + 300, y: box.y + 60 };
  const under = () =>
    graph.evaluate((frame, x) => {
      const picture = frame.querySelector('svg').getBoundingClientRect();
      return (x - picture.left) / picture.width;
    }, at.x);
  await page.mouse.move(at.x, at.y);
  const [point, width] = [await under(), (await seen(graph)).wide];
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  await rendered(page);
  assert.ok((await seen(graph)).wide > width * 1.2);
  assert.ok(Math.abs((await under()) - point) < 0.01, `${await under()} ${point}`);
  assert.equal(await page.evaluate(() => window.visualViewport.scale), 1);
  const before = await page.evaluate(() => scrollY);
  for (let turn = 0; turn < 12; turn += 1) {
    await page.mouse.wheel(0, -400);
    await page.waitForTimeout(60);
  }
  assert.ok((await page.evaluate(() => scrollY)) < before, 'the page goes on');
});

test('a mouse drags the picture, and what it was pressed on is not chosen', async (t) => {
  const { page, graph } = await open(t);
  for (let press = 0; press < 4; press += 1) await page.locator('.zooming').getByRole('button', { name: 'Larger' }).click();
  await rendered(page);
  const before = await seen(graph);
  const box = await graph.boundingBox();
  const chain = await graph.locator('[role="button"]').evaluateAll((chains, box) => {
    const places = chains.map((chain) => chain.getBoundingClientRect());
    const inside = places.find(({ left, top }) => left > box.x + 100 && left < box.x + 900 && top > box.y + 10 && top < box.y + box.height - 40);
    return { x: inside.left + 5, y: inside.top + 5 };
  }, box);
  await page.mouse.move(chain.x, chain.y);
  await page.mouse.down();
  await page.mouse.move(chain.x - 60, chain.y - 5, { steps: 4 });
  await page.mouse.up();
  await rendered(page);
  assert.ok(Math.abs((await seen(graph)).scrollLeft - before.scrollLeft - 60) < 3, JSON.stringify(await seen(graph)));
  assert.equal(await page.getByRole('button', { name: 'Back to the graph' }).count(), 0);
});

test('phone: two fingers make the picture larger, and the page stays as it is', async (t) => {
  const { page, graph } = await open(t, { width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  const fitted = await seen(graph);
  const { x, y } = await graph.boundingBox();
  const touch = await page.context().newCDPSession(page);
  const send = (type, ...points) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([dx, dy], id) => ({ x: x + dx, y: y + dy, id })) });
  await send('touchStart', [120, 60], [200, 60]);
  await send('touchMove', [110, 60], [210, 60]);
  await send('touchMove', [60, 60], [260, 60]);
  await send('touchEnd');
  await rendered(page);
  const wide = (await seen(graph)).wide / fitted.wide;
  assert.deepEqual(page.errors, []);
  assert.ok(wide > 1.5 && wide < 2.6, String(wide));
  assert.equal(await page.evaluate(() => window.visualViewport.scale), 1);
});

for (const key of ['Enter', ' ', 'click']) {
  test(`a chain leads to its rules in sight, and back (${key === ' ' ? 'Space' : key})`, async (t) => {
    const { page, graph } = await open(t, key === 'click' ? { width: 390, height: 844 } : {});
    const chain = graph.locator('[role="button"].lit').nth(1);
    const name = (await chain.locator('text').textContent()).replace(/^.*\s/, '');
    if (key === 'click') await chain.click();
    else {
      await chain.focus();
      await page.keyboard.press(key);
    }
    const line = page.locator('.line.current:focus');
    await line.waitFor();
    assert.ok((await line.textContent()).includes(name), name);
    const inSight = (locator) =>
      locator.evaluate((element) => {
        const { top, bottom } = element.getBoundingClientRect();
        return top >= 0 && bottom <= window.innerHeight;
      });
    assert.ok(await inSight(line));
    assert.ok(await page.getByRole('button', { name: 'Play' }).count(), 'nothing plays');
    await page.getByRole('button', { name: 'Back to the graph' }).click();
    await page.locator('.picture [aria-current="true"]:focus').waitFor();
    assert.ok(await inSight(page.locator('.picture [aria-current="true"]')));
    assert.deepEqual(page.errors, []);
  });
}

for (const [mode, kind, listed] of [
  ['nftables', 'map-vertex', (name) => `map ${name.replace('@', '')} {`],
  ['IPVS', 'real', (name) => `-r ${name}`],
]) {
  test(`${mode}: a ${kind === 'real' ? 'real server' : 'map'} leads to its line`, async (t) => {
    const { page, graph } = await open(t);
    await page.locator('.structure').getByText(mode, { exact: true }).click();
    const vertex = graph.locator(`g.${kind}.lit`).first();
    await vertex.waitFor();
    const name = await vertex.locator('text').textContent();
    await vertex.click();
    const line = page.locator('.line.current:focus');
    await line.waitFor();
    assert.ok((await line.textContent()).includes(listed(name)), `${name}: ${await line.textContent()}`);
    assert.deepEqual(page.errors, []);
  });
}
