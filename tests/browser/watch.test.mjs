// What a step says: which test failed, why, where the kernel does it, and what the tables hold then.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIZES, lane, openReady as open, sentence, stepTo, takeTour } from './lab.mjs';


for (const [name, size] of Object.entries(SIZES)) {
  test(`${name}: a rule that does not match says what it asked and what it found`, async (t) => {
    const page = await open(t, size);
    const said = await stepTo(page, 'iptables', /asks for/);
    const [, asked, found] = /asks for “(.+?)”.* finds (.+?)\.?$/.exec(said) ?? assert.fail(said);
    // The rule that is lit, or one of those before it, has the test.
    const rules = await lane(page, 'iptables').locator('.code li.missed').allTextContents();
    assert.ok(rules.some((rule) => rule.includes(asked)), `${asked} in ${rules}`);
    assert.ok(!asked.includes(found), said);
  });

  test(`${name}: why, with the kernel's function, which nothing asks for before it is followed`, async (t) => {
    const page = await open(t, size);
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await stepTo(page, 'iptables', /KUBE-FORWARD ends/);
    await page.keyboard.press('w');
    const link = lane(page, 'iptables').locator('.why a');
    await link.waitFor();
    assert.match(await link.textContent(), /Linux 6\.1.*ipt_do_table\(\)/);
    assert.match(await link.getAttribute('href'), /^https:\/\/elixir\.bootlin\.com\/linux\/v6\.1\/A\/ident\/ipt_do_table$/);
    assert.deepEqual(asked.filter((url) => !url.startsWith(new URL(page.url()).origin)), []);
  });

  test(`${name}: tables of connections go with the steps`, async (t) => {
    const page = await open(t, size);
    const tables = page.locator('.connections [data-mode="iptables"]');
    const lines = () => tables.locator('.listing div').count();
    await page.keyboard.press('Home');
    await tables.getByText('Nothing is remembered here.').waitFor();
    await stepTo(page, 'iptables', /enters the conntrack table/);
    await tables.locator('.listing .written').waitFor();
    const first = await lines();
    await page.keyboard.press('End');
    // The node of the backend has entries, too; the tables follow a moment later.
    await tables.locator('.listing div').nth(first).waitFor();
    await page.keyboard.press('Home');
    await tables.getByText('Nothing is remembered here.').waitFor();
    await page.getByRole('button', { name: '10 s' }).click();
    await page.locator('.connections .when', { hasText: 'As they are now' }).waitFor();
    assert.ok((await lines()) > 0);
  });
}

test('a megabyte that is pasted is shown by its lines, and takes nothing away', async (t) => {
  const page = await open(t);
  const area = page.locator('.cluster textarea');
  const before = await area.inputValue();
  const text = Array.from({ length: 30_000 }, (_, line) => `# line ${line + 1} of a long text that is no cluster`).join('\n');
  const paste = (target) => target.evaluate((element, text) => {
    element.focus();
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    element.select?.();
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
  await paste(area);
  const long = page.locator('.cluster .long-text');
  await long.getByText(/30,000 lines/).waitFor();
  assert.ok((await long.locator('li').count()) < 200, 'only what is in sight is there');
  await long.getByRole('group').evaluate((list) => { list.scrollTop = 20 * 20_000; });
  await long.getByText('# line 20001 of').waitFor();
  await page.getByRole('button', { name: 'Empty it' }).click();
  assert.equal(await area.inputValue(), '');
  await page.getByRole('button', { name: 'Show the cluster as it is' }).click();
  assert.equal(await area.inputValue(), before);
  assert.deepEqual(page.errors, []);
});

test('what is wrong in a long text is shown at its place', async (t) => {
  const page = await open(t);
  const filler = '# a comment that says nothing, and is long enough to fill a line\n'.repeat(8_000);
  await page.locator('.cluster textarea').evaluate((element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    element.select();
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, `${filler}kind: Service\n  apiVersion: v1\n`);
  await page.locator('.cluster .long-text').waitFor();
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  const go = page.locator('.refused button, .refused [role="button"]').first();
  await go.waitFor();
  await go.click();
  await page.locator('.long-text li.place').waitFor();
  assert.match(await page.locator('.long-text li.place').textContent(), /^800[0-9]/);
});

test('the next packet of the tour leaves what it costs in sight', async (t) => {
  const page = await open(t);
  await takeTour(page);
  const tour = page.locator('.tour');
  while (!/second packet/.test(await tour.getByRole('heading').textContent())) {
    await tour.getByRole('button', { name: 'Next', exact: true }).click();
  }
  await page.locator('.send button.next').click();
  await tour.getByRole('heading', { name: 'Now you' }).waitFor();
  const seen = await page.locator('.lanes').evaluate((lanes) => lanes.getBoundingClientRect().top < innerHeight);
  assert.ok(seen, 'the lanes are still there');
  assert.ok(await page.locator('.operate').evaluate((card) => card.getBoundingClientRect().top > innerHeight));
});
