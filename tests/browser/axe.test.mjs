// No screen breaks a rule of WCAG 2.2 AA that a program can check, in either theme and size.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { openLab, takeTour } from './lab.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const NODE = `*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.0.0.5:6443
COMMIT
2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500
    inet 10.0.0.2/24 scope global eth0
`;

async function load(page, text) {
  await page.getByLabel('Cluster as YAML or JSON').fill(text);
  await page.getByRole('button', { name: 'Load', exact: true }).click();
}

// Each goes on from the one before.
const SCREENS = [
  ['as it opens', () => {}],
  ['a rewrite', (page) => page.getByRole('button', { name: 'Rewritten' }).click()],
  ['the end, with why and all steps', async (page) => {
    await page.keyboard.press('n');
    await page.keyboard.press('End');
    await page.keyboard.press('w');
    await page.locator('.disclosure:visible').first().click();
  }],
  ['the tour', takeTour],
  ['the keys', async (page) => {
    await page.getByRole('button', { name: /^Leave the tour/ }).click();
    await page.keyboard.press('?');
  }],
  ['keep and share', async (page) => {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keep and share' }).click();
    await page.locator('.recent li').first().waitFor();
  }],
  ['an action and its path', async (page) => {
    await page.keyboard.press('Escape');
    await page.getByLabel('One replica more: Deployment shop/web').click();
    await page.locator('.rounds > li').first().waitFor();
    for (const summary of await page.locator('summary:visible').all()) await summary.click();
  }],
  ['a refused paste', async (page) => {
    await load(page, 'kind: [');
    await page.locator('.diagnostics li').first().waitFor();
  }],
  ['a damaged link', async (page) => {
    await page.evaluate(() => (location.hash = '#v1.abc'));
    await page.getByText('The link could not be opened').waitFor();
  }],
  ['a copied node', async (page) => {
    await load(page, NODE);
    await page.getByRole('heading', { level: 2, name: 'Your node' }).waitFor();
  }],
];

for (const [size, options] of [
  ['desktop', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844, hasTouch: true, isMobile: true }],
]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`axe has nothing to say: ${size}, ${colorScheme}`, async (t) => {
      const page = await openLab(t, { ...options, colorScheme });
      await page.locator('[data-ready]').waitFor();
      await page.evaluate(AXE);
      for (const [screen, go] of SCREENS) {
        await go(page);
        const { violations } = await page.evaluate((rules) => axe.run({ runOnly: rules }), RULES);
        const said = violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)}\n${failureSummary}`));
        assert.deepEqual(said, [], screen);
      }
      assert.deepEqual(page.errors, []);
    });
  }
}
