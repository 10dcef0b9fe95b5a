// The charts of what is compared and of what a change costs: drawn, told in words, and saved as a picture and a table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab, rows, saved } from './lab.mjs';

const MODES = ['iptables', 'nftables', 'ipvs'];
const SIZES = [
  ['desktop', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }],
];

async function open(t, options) {
  const page = await openLab(t, options);
  await page.locator('[data-ready]').waitFor();
  return page;
}

const number = (text) => Number(text.replaceAll(',', ''));
const numbers = (texts) => texts.map(number);

// The rows of a saved table, without its head.
async function table(page, chart) {
  const { name, bytes } = await saved(page, chart.getByRole('button', { name: 'Save as CSV' }));
  assert.match(name, /\.csv$/);
  return rows(bytes.toString()).slice(1);
}

// What is drawn on the page, and that the picture has it under a heading, on one colour without holes.
async function pictured(page, chart) {
  const shown = await chart.locator('canvas').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return { drawn: data.some((value) => value !== 0), width: canvas.clientWidth, height: canvas.clientHeight };
  });
  assert.ok(shown.drawn, 'something is drawn');
  const { png, found } = await painted(page, chart);
  assert.equal(found.width, 2 * Math.max(shown.width, 360));
  assert.ok(found.height > 2 * (shown.height + 60), `${found.height} for ${shown.height}: with title and legend`);
  return png;
}

// A saved picture, on one colour without holes, with a title.
async function painted(page, chart) {
  const png = await saved(page, chart.getByRole('button', { name: 'Save as PNG' }));
  const found = await page.evaluate(async (base64) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const paper = data.slice(0, 3).join();
    const rowsWithInk = [];
    for (let y = 0; y < image.height; y += 1) {
      const row = data.slice(y * image.width * 4, (y + 1) * image.width * 4);
      for (let x = 0; x < row.length; x += 4) {
        if (row.slice(x, x + 3).join() !== paper) {
          rowsWithInk.push(y);
          break;
        }
      }
    }
    const isWhole = data.every((value, index) => index % 4 !== 3 || value === 255);
    return { width: image.width, height: image.height, first: rowsWithInk[0], isWhole };
  }, png.bytes.toString('base64'));
  assert.ok(found.isWhole, 'on a colour');
  assert.ok(found.first < 60, 'the title is at the top');
  return { png, found };
}

const isWithin = (page) => page.evaluate(() => document.scrollingElement.scrollWidth <= window.innerWidth);

for (const [size, options] of SIZES) {
  test(`${size}: cost against the number of endpoints is run, drawn and saved`, async (t) => {
    const page = await open(t, options);
    const curve = page.locator('.curve');
    await curve.scrollIntoViewIfNeeded();
    await curve.getByRole('button', { name: 'Endpoints', exact: true }).click();
    await curve.getByRole('heading', { name: 'Cost against the number of endpoints' }).waitFor();
    await curve.locator('.progress[data-done]').waitFor({ timeout: 120_000 });
    await curve.locator('summary').click();
    const last = numbers(await curve.locator('tbody tr').last().locator('th, td').allTextContents());
    const first = numbers(await curve.locator('tbody tr').first().locator('th, td').allTextContents());
    assert.deepEqual([first[0], last[0]], [1, 1000]);
    // The rule of the middle one of 1,000 endpoints stands behind 500 others; a map and a scheduler are asked once.
    assert.equal(last[1] - first[1], 500);
    assert.deepEqual(last.slice(2), first.slice(2));
    const costs = await table(page, curve);
    const of = (mode) => costs.find(([, endpoints, datapath, packet]) => endpoints === '1000' && datapath === mode && packet === 'first');
    assert.deepEqual(MODES.map((mode) => Number(of(mode)[4])), last.slice(1));
    await pictured(page, curve);
    const label = () => curve.locator('canvas').getAttribute('aria-label');
    assert.match(await label(), /number of endpoints; First packet;.*iptables: \d+ at 1,000 endpoints/);
    const all = await curve.locator('.choices button').evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().right));
    const { x, width } = await curve.boundingBox();
    assert.ok(all.length === 9 && all.every((right) => right <= x + width), `${all} in ${x + width}`);
    await curve.getByRole('button', { name: 'Following packet' }).click();
    assert.match(await label(), /Following packet;/);
    assert.ok(await isWithin(page), 'nothing makes the page wider');
    assert.deepEqual(page.errors, []);
  });

  test(`${size}: who answers has a bar for each backend, and a line where fair draws would end it`, async (t) => {
    const page = await open(t, options);
    const card = page.locator('.answers');
    await card.getByRole('button', { name: '100', exact: true }).click();
    await card.getByRole('button', { name: 'Open them' }).click();
    await card.locator('.progress[data-done]').waitFor();
    const chart = card.locator('.chart');
    const label = await chart.locator('canvas').getAttribute('aria-label');
    const found = await table(page, chart);
    for (const mode of MODES) {
      const cells = await card.locator(`[data-mode="${mode}"] tbody tr td:last-child`).allTextContents();
      const own = found.filter(([datapath]) => datapath === mode);
      assert.deepEqual(own.map((row) => row[3]), cells);
      assert.ok(cells.every((count) => label.includes(`${mode === 'ipvs' ? 'IPVS' : mode} ${count}`)), `${cells}: ${label}`);
      const expected = await card.locator(`[data-mode="${mode}"] tbody tr td:nth-child(3)`).allTextContents();
      assert.deepEqual(expected, Array(3).fill(mode === 'ipvs' ? '–' : '33.3'));
      if (mode === 'ipvs') {
        assert.ok(own.every((row) => row.slice(5).join('') === ''), 'nothing is drawn, so nothing is expected of it');
        continue;
      }
      // The sum that textbooks give, of what the same file says was counted and expected.
      const statistic = own.reduce((sum, row) => sum + (row[3] - row[5]) ** 2 / row[5], 0);
      assert.ok(Math.abs(statistic - own[0][6]) < 1e-6 && own[0][7] === '2', String(own));
      assert.ok(label.includes(`${mode}: chi-square ${statistic.toFixed(2)}, degrees of freedom 2`), label);
    }
    await pictured(page, chart);
    assert.ok(await isWithin(page), 'nothing makes the page wider');
    assert.deepEqual(page.errors, []);
  });

  test(`${size}: what the first packet and the next cost is saved as the table says`, async (t) => {
    const page = await open(t, options);
    await page.getByRole('button', { name: 'Next packet' }).click();
    const totals = page.locator('.totals');
    await totals.locator('[data-packet="following"] .number').first().waitFor();
    const found = await table(page, totals.locator('.chart'));
    const shown = await totals.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('.number')].map((cell) => cell.textContent)));
    assert.equal(found.length, 6);
    assert.deepEqual(found.map((row) => numbers(row.slice(2))), shown.map(numbers));
    assert.deepEqual(found.map((row) => row.slice(0, 2).join(' ')), MODES.flatMap((mode) => [`${mode} 1`, `${mode} 2`]));
    const { png, found: picture } = await painted(page, totals.locator('.chart'));
    assert.equal(png.name, 'packets.png');
    const width = await totals.evaluate((place) => place.clientWidth);
    assert.equal(picture.width, 2 * Math.max(width, 360));
    // Six counts of three bars each.
    assert.ok(picture.height > 2 * 18 * 19, `${picture.height}`);
    assert.ok(await isWithin(page), 'nothing makes the page wider');
    assert.deepEqual(page.errors, []);
  });

  test(`${size}: what a change costs is drawn as its table says`, async (t) => {
    const page = await open(t, options);
    await page.getByRole('button', { name: 'Fail probe' }).first().click();
    const card = page.locator('.operate .path');
    const chart = card.locator('.chart');
    await chart.waitFor();
    const found = await table(page, chart);
    const label = await chart.locator('canvas').getAttribute('aria-label');
    const bytes = [];
    for (const [lane, mode] of MODES.entries()) {
      const cells = numbers((await card.locator(`.efforts tr[data-mode="${mode}"] td.number`).allTextContents()));
      assert.deepEqual(numbers(found[lane].slice(1, 6)), cells, mode);
      bytes.push(`${mode === 'ipvs' ? 'IPVS' : mode} ${cells[4].toLocaleString('en')}`);
    }
    assert.ok(label.includes(`Bytes given to programs: ${bytes.join(', ')}`), `${bytes}: ${label}`);
    await pictured(page, chart);
    assert.ok(await isWithin(page), 'nothing makes the page wider');
    assert.deepEqual(page.errors, []);
  });
}

test('what others measured is drawn before the model has run', async (t) => {
  const page = await open(t, SIZES[1][1]);
  const published = page.locator('.published');
  const png = await pictured(page, published);
  assert.equal(png.name, 'published.png');
  const found = await table(page, published);
  assert.deepEqual(found.find(([services, mode]) => services === '30000' && mode === 'iptables').slice(2), ['274', '716', '', '']);
  assert.equal(await published.locator('.legend').getByText('model').count(), 0, 'the model has not run');
  assert.deepEqual(page.errors, []);
});

test('where one backend is on another node than the others, the bars say whose part is whose', async (t) => {
  const page = await open(t, SIZES[0][1]);
  const note = page.locator('.totals [data-other-node]');
  for (let sent = 0; sent < 12 && (await note.count()) === 0; sent += 1) {
    await page.getByRole('button', { name: 'Send packet' }).click();
    await page.waitForTimeout(400);
  }
  const text = await note.first().textContent();
  const told = /is on (\w+), the first node that the packet is on; with (\w+) it is on (\w+)\..* first packet, (\d+) rules/.exec(text);
  assert.ok(told, text);
  assert.notEqual(told[1], told[3]);
  const all = await page.locator(`.totals tbody[data-mode="${told[2].toLowerCase()}"] [data-packet="first"] td.number`).first().textContent();
  assert.ok(Number(told[4]) > 0 && Number(told[4]) < number(all), `${told[4]} of ${all} rules`);
});

test('a number of more than three digits is grouped wherever it stands', async (t) => {
  const page = await open(t, SIZES[0][1]);
  await page.keyboard.press('End');
  await page.locator('.published').scrollIntoViewIfNeeded();
  const texts = await page.locator('.counters .number, .compare td.number, .efforts td.number').allTextContents();
  assert.ok(texts.some((text) => /\d,\d{3}/.test(text)), 'some are that large');
  assert.deepEqual(texts.filter((text) => /\d{4}/.test(text)), []);
});

test('on paper the heads stand over their columns', async (t) => {
  const page = await open(t, SIZES[0][1]);
  await page.evaluate(() => (window.print = () => (window.printed = true)));
  await page.getByRole('button', { name: 'Keep and share' }).click();
  await page.getByRole('button', { name: 'Print the steps' }).click();
  await page.waitForFunction(() => window.printed);
  await page.emulateMedia({ media: 'print' });
  const lefts = (cells) =>
    cells.evaluateAll((cells) =>
      cells.map((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return Math.round(range.getBoundingClientRect().left);
      }),
    );
  const paper = page.locator('.handout');
  await paper.waitFor();
  const cells = paper.locator('tbody tr:not(.place)').first().locator('td');
  assert.deepEqual(await lefts(paper.locator('thead th')), await lefts(cells));
});
