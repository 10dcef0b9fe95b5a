// No figure breaks a rule of WCAG 2.2 AA that a program can check, in either theme, nor does what stands in its place.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { event, openHost } from './host.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const VIEWS = ['full', 'lane', 'trace', 'rules', 'graph', 'chart'];

for (const theme of ['light', 'dark']) {
  for (const width of [1280, 390]) {
    test(`every view, ${theme}, ${width} pixels`, async (t) => {
      const figures = VIEWS.map((view) => `<datapath-lab id="${view}" view="${view}" theme="${theme}" step="9" loading="eager"></datapath-lab>`);
      const page = await openHost(t, `${figures.join('')}<datapath-lab id="none" scenario="none" theme="${theme}" loading="eager"></datapath-lab>`, { width });
      for (const view of VIEWS) await event(page, 'ready', view);
      await event(page, 'error', 'none');
      await page.evaluate(AXE);
      const found = await page.evaluate(async (tags) => {
        const { violations } = await axe.run({ include: ['datapath-lab'] }, { runOnly: { type: 'tag', values: tags } });
        return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
      }, RULES);
      assert.deepEqual(found, []);
    });
  }
}
