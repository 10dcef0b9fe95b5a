import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

const SIZES = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844, hasTouch: true, isMobile: true },
};

for (const [name, size] of Object.entries(SIZES)) {
  test(`${name}: a field of a Service is changed by form, and the nodes follow`, async (t) => {
    const page = await openLab(t, size);
    await page.locator('[data-ready]').waitFor();
    const form = page.locator('.fields');
    await form.locator('summary').click();
    await form.locator('label.field select').selectOption({ label: 'shop/cart' });
    await form.getByLabel('spec.type').selectOption('NodePort');
    const port = form.getByLabel('spec.ports[0].nodePort');
    const given = await port.inputValue();
    assert.match(given, /^3[0-2]\d{3}$/, 'the API server gives a node port');
    await assertWritten(page, `kubectl patch service/cart -n shop --type merge -p '{"spec":{"type":"NodePort"}}'`);

    await port.fill('99999');
    await port.press('Tab');
    await form.getByRole('alert').waitFor();
    assert.match(await form.getByRole('alert').textContent(), /nodePort.*between 1 and 65535/);
    assert.equal(await port.inputValue(), '99999', 'what was typed stays');

    await page.getByRole('button', { name: /^Undo/ }).click();
    await port.waitFor({ state: 'detached' });
    assert.equal(await form.getByLabel('spec.type').inputValue(), 'ClusterIP');
    assert.deepEqual(page.errors, []);
  });
}

async function assertWritten(page, command) {
  await page.locator('.operate .path').getByText(command).waitFor();
}
