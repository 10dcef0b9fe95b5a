// What an author of lessons sees without any tool but the page: all that is wrong with a file, by line and column.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GOOD = readFileSync(new URL('../../lessons/ch-local-and-nobody-home.md', import.meta.url), 'utf8');
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844, hasTouch: true, isMobile: true } };
const ready = (page) => page.locator('[data-ready]').waitFor({ timeout: 60_000 });
const lesson = (page) => page.locator('.lesson');

// Line and column of a text in a file, as an editor counts them.
function place(text, found) {
  const before = text.slice(0, text.indexOf(found)).split('\n');
  return `${before.length}:${before.at(-1).length + 1}`;
}

async function drop(page, text) {
  await page.getByRole('button', { name: 'Keep and share' }).click();
  await page.locator('input[type=file]').first().setInputFiles({ name: 'own.md', mimeType: 'text/markdown', buffer: Buffer.from(text) });
  await page.locator('.mistakes').waitFor();
}

const listed = (page) => page.locator('.mistakes .diagnostics li').allTextContents();

for (const [name, size] of Object.entries(SIZES)) {
  test(`${name}: a file that cannot be read shows all that is wrong, and covers nothing`, async (t) => {
    const page = await openLab(t, size);
    await ready(page);
    const text = GOOD.replace('kubectl scale deployment/web -n shop --replicas=1', 'kubectl scal deployment/web -n shop --replicas=1')
      .replace('every lane answered', 'every lane answers')
      .replace(/\n---\n/, '\npar: few\n---\n');
    await drop(page, text);
    const wrong = await listed(page);
    assert.equal(wrong.length, 3, wrong.join('\n'));
    ['few\n', 'scal d', 'answers\n'].forEach((word, index) => assert.ok(wrong[index].includes(place(text, word)), `${word}: ${wrong[index]}`));
    assert.equal(await page.locator('#lesson-title').count(), 0, 'the lab stays');
    for (const button of ['Keep and share', 'Learn']) await page.getByRole('button', { name: button, exact: true }).click({ trial: true });
    await page.addScriptTag({ content: AXE });
    const { violations } = await page.evaluate(() => window.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target)}`), []);
    await page.getByRole('button', { name: 'Close the list of mistakes' }).click();
    assert.equal(await lesson(page).count(), 0);
    assert.deepEqual(page.errors, []);
  });
}

test('a block that does not end is told of at its fence, and nothing that follows from it', async (t) => {
  const page = await openLab(t, SIZES.desktop);
  await ready(page);
  const [hint] = GOOD.match(/```hint\n[^]*?\n```\n/);
  const text = GOOD.replace(hint, hint.replace(/```\n$/, '\n'));
  await drop(page, text);
  const wrong = await listed(page);
  assert.equal(wrong.length, 1, wrong.join('\n'));
  assert.ok(wrong[0].includes(place(text, '```hint')) && /does not end/.test(wrong[0]), wrong[0]);
});

test('a lesson that can be read is run as the validator runs it, and opens with what is wrong', async (t) => {
  const page = await openLab(t, { ...SIZES.desktop, serviceWorkers: 'block' });
  const text = GOOD.replace('--replicas=3', '--replicas=2');
  await page.route('**/own.md', (route) => route.fulfill({ body: text }));
  await ready(page);
  await page.evaluate(() => (location.hash = '#lesson=own.md'));
  await page.locator('.mistakes').waitFor();
  await page.locator('.mistakes').getByText('own.md').waitFor();
  const wrong = await listed(page);
  assert.ok(wrong.length > 0 && wrong.every((one) => /the solution does not reach the goal/.test(one)), wrong.join('\n'));
  await page.locator('#lesson-title').waitFor();
  await page.reload();
  await ready(page);
  await page.locator('.mistakes').waitFor();
  assert.deepEqual(page.errors, []);
});
