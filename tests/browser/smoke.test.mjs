import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

test('the page opens without a complaint', async (t) => {
  const page = await openLab(t);
  await page.getByRole('heading', { level: 1, name: 'Datapath Lab' }).waitFor();
  assert.deepEqual(page.errors, []);
});

// Opens the page in a browser that lacks what `script` takes away, or under a route.
async function openInTrouble(t, prepare) {
  const page = await openLab(t, { path: 'about:blank', serviceWorkers: 'block' });
  await prepare(page);
  await page.goto('/');
  return page;
}

test('a browser that is too old is told which ones are not', async (t) => {
  const page = await openInTrouble(t, (page) =>
    page.addInitScript(() => {
      const real = CSS.supports.bind(CSS);
      CSS.supports = (...asked) => !String(asked).includes('light-dark') && real(...asked);
    }),
  );
  const told = page.getByRole('alert');
  await told.getByText('This browser is too old').waitFor();
  assert.match(await told.innerText(), /Chrome or Edge\s+from version \d+.*版本过旧/s);
  assert.equal(await page.getByText('Loading the lab').isVisible(), false);
  assert.deepEqual(page.errors, []);
});

test('a program that does not come is said, with the way on', async (t) => {
  const page = await openInTrouble(t, (page) => page.route('**/*_bg.wasm', (route) => route.abort()));
  const told = page.getByRole('alert');
  await told.getByText('The lab could not be started').waitFor();
  assert.match(await told.innerText(), /could not be started: \S+/);
  await page.unroute('**/*_bg.wasm');
  await told.getByRole('link', { name: 'open the page again' }).click();
  await page.locator('[data-ready]').waitFor();
});

test('what is written on the page is seen before the program is asked for', async (t) => {
  const page = await openInTrouble(t, (page) => page.route('**/*_bg.wasm', () => {}));
  const asked = await page.waitForFunction(() => {
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    const program = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('.js'));
    return paint && program && { paint: paint.startTime, program: program.startTime };
  });
  const { paint, program } = await asked.jsonValue();
  assert.ok(paint <= program, `painted after ${paint} ms, asked after ${program} ms`);
});
