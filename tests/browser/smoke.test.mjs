import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

test('the page opens without a complaint', async (t) => {
  const page = await openLab(t);
  await page.getByRole('heading', { level: 1, name: 'Datapath Lab' }).waitFor();
  assert.deepEqual(page.errors, []);
});
