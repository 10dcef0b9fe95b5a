// A lesson or challenge that is left in the middle: a reload, another lab, and the way back lead to where it was.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

const SIZE = { width: 1440, height: 900 };
const file = (name) => readFileSync(new URL(`../../lessons/${name}.md`, import.meta.url), 'utf8');
const ready = (page) => page.locator('[data-ready]').waitFor({ timeout: 60_000 });
const lesson = (page) => page.locator('.lesson');
const goal = (page) => lesson(page).locator('.goal [role=status]').textContent();
const more = (page) => page.getByLabel('One replica more: Deployment shop/web');

async function open(t, path = '/') {
  const page = await openLab(t, { ...SIZE, path });
  await ready(page);
  if (path.includes('#lesson=')) await lesson(page).getByRole('heading', { level: 2 }).waitFor();
  return page;
}

// At once, as somebody does whose finger slips.
async function reload(page) {
  await page.reload();
  await ready(page);
}

test('a challenge goes on after a reload: actions, hints, what is reached, and what can be taken back', async (t) => {
  const page = await open(t, '/#lesson=ch-local-and-nobody-home');
  await lesson(page).getByText('0 actions so far').waitFor();
  const before = await goal(page);
  await lesson(page).getByRole('button', { name: 'Give me a hint' }).click();
  await more(page).click();
  await lesson(page).getByText('1 action so far').waitFor();
  const reached = await goal(page);
  await reload(page);
  await lesson(page).getByText('1 action so far').waitFor();
  assert.equal(await goal(page), reached);
  assert.equal(await lesson(page).locator('.hints li').count(), 1);
  assert.match(page.url(), /#lesson=ch-local-and-nobody-home\/1$/);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await lesson(page).getByText('0 actions so far').waitFor();
  assert.equal(await goal(page), before);
  assert.deepEqual(page.errors, []);
});

test('a prediction stays: what was picked, what came of it, and the packet that was looked at', async (t) => {
  const page = await open(t, '/#lesson=what-a-service-is/2');
  await lesson(page).getByRole('radio').nth(1).check();
  await reload(page);
  assert.ok(await lesson(page).getByRole('radio').nth(1).isChecked(), 'an answer that was only picked');
  await lesson(page).getByRole('button', { name: 'Run it', exact: true }).click();
  const verdict = await lesson(page).locator('.verdict').textContent();
  await page.keyboard.press('ArrowRight');
  const told = await page.locator('.lane .sentence').first().textContent();
  await reload(page);
  assert.ok(await lesson(page).getByRole('radio').nth(1).isChecked());
  assert.equal(await lesson(page).locator('.verdict').textContent(), verdict);
  assert.equal(await page.locator('.lane .sentence').first().textContent(), told);
  // In another language it is the same step of the same lesson, and stays so.
  await page.getByLabel('Language').selectOption({ label: '简体中文' });
  const heading = lesson(page).getByRole('heading', { level: 2 });
  await heading.filter({ hasText: /\p{Script=Han}/u }).waitFor();
  await reload(page);
  await heading.filter({ hasText: /\p{Script=Han}/u }).waitFor();
  assert.ok(await lesson(page).getByRole('radio').nth(1).isChecked());
  assert.equal(await lesson(page).locator('.verdict').count(), 1);
  assert.deepEqual(page.errors, []);
});

test("a file of the user's own survives a reload, and another lab", async (t) => {
  const page = await open(t);
  const own = file('ch-new-pods-idle').replace(/^title: .*$/m, 'title: One of my own');
  await page.getByRole('button', { name: 'Keep and share' }).click();
  const buffer = Buffer.from(own);
  await page.locator('input[type=file]').first().setInputFiles({ name: 'own.md', mimeType: 'text/markdown', buffer });
  const heading = lesson(page).getByRole('heading', { level: 2, name: 'One of my own' });
  await heading.waitFor();
  await page.getByLabel('One replica more: Deployment shop/cart').click();
  await lesson(page).getByText('1 action so far').waitFor();
  await reload(page);
  await heading.waitFor();
  await lesson(page).getByText('1 action so far').waitFor();
  await page.getByRole('button', { name: 'Keep and share' }).click();
  await page.getByRole('dialog').locator('.recent').getByText('One of my own').waitFor();
  await page.keyboard.press('Escape');
  await lesson(page).getByRole('button', { name: /^Leave the lesson/ }).click();
  assert.equal(await lesson(page).count(), 0);
  await page.waitForTimeout(700);
  await reload(page);
  assert.equal(await lesson(page).count(), 0, 'it was left');
  assert.deepEqual(page.errors, []);
});

test('a link to a lesson begins it anew in another tab, and the one that was left is as it was', async (t) => {
  const page = await open(t, '/#lesson=ch-local-and-nobody-home');
  await more(page).click();
  await lesson(page).getByText('1 action so far').waitFor();
  await page.waitForTimeout(700);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await ready(other);
  await lesson(other).getByText('0 actions so far').waitFor();
  await more(other).click();
  await more(other).click();
  await lesson(other).getByText('2 actions so far').waitFor();
  await other.waitForTimeout(700);
  await reload(page);
  await lesson(page).getByText('1 action so far').waitFor();
  assert.deepEqual(page.errors, []);
});

test("a lesson whose file was changed meanwhile is the new one", async (t) => {
  const page = await openLab(t, { ...SIZE, serviceWorkers: 'block' });
  let text = file('ch-local-and-nobody-home');
  await page.route('**/own.md', (route) => route.fulfill({ body: text }));
  await ready(page);
  await page.evaluate(() => (location.hash = '#lesson=own.md'));
  await lesson(page).getByText('0 actions so far').waitFor();
  await more(page).click();
  await lesson(page).getByText('1 action so far').waitFor();
  // Other words, the same goal: what was done stays.
  text = text.replace(/^title: .*$/m, 'title: Said otherwise');
  await reload(page);
  await lesson(page).getByRole('heading', { level: 2, name: 'Said otherwise' }).waitFor();
  await lesson(page).getByText('1 action so far').waitFor();
  // Another beginning: it begins anew.
  text = text.replace('--replicas=1', '--replicas=2');
  await reload(page);
  await lesson(page).getByText('0 actions so far').waitFor();
  assert.deepEqual(page.errors, []);
});
