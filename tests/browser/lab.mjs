// Opens the lab for a test.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIST, launch, serve } from './chromium.mjs';

// One browser and one server for each test file, which node runs in a process of its own.
let running;
const start = () => (running ??= Promise.all([launch(), serve()]));

after(async () => {
  if (!running) return;
  const [browser, server] = await running;
  await browser.close();
  await server.close();
});

// Somebody moves the pointer, for whom the page hurries with what stands below.
export const stir = (context) =>
  context.addInitScript(() => {
    const moving = setInterval(() => {
      if (document.querySelector('[data-ready]')) clearInterval(moving);
      else window.dispatchEvent(new PointerEvent('pointermove'));
    }, 50);
  });

// A page with the lab in it, closed when the test `t` ends. Whatever the browser complains of
// is collected in `page.errors`; other options go to Playwright's newContext.
export async function openLab(t, { width = 1280, height = 800, path = '/', stirs = true, ...options } = {}) {
  const [browser, server] = await start();
  const context = await browser.newContext({
    baseURL: server.origin,
    viewport: { width, height },
    ...options,
  });
  t.after(() => context.close());
  if (stirs) await stir(context);
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  page.on('console', (message) => {
    // Chromium asks for it by itself now and then, although the page names its icon.
    if (message.location().url.endsWith('/favicon.ico')) return;
    if (message.type() === 'error') page.errors.push(`${message.text()} (${message.location().url})`);
  });
  await page.goto(path);
  return page;
}

// The lab in a copy under a path of its server, as pages of projects are put; `update` makes it a newer version.
export async function openAt(t, path, options) {
  const [browser] = await start();
  const root = await mkdtemp(join(tmpdir(), 'datapath-lab-'));
  const folder = join(root, path);
  await cp(DIST, folder, { recursive: true });
  const server = await serve(root);
  const context = await browser.newContext(options);
  await stir(context);
  t.after(async () => {
    await context.close();
    await server.close();
    await rm(root, { recursive: true });
  });
  const page = await context.newPage();
  const url = `${server.origin}${path}`;
  await page.goto(url);
  return {
    page,
    url,
    async update() {
      const worker = join(folder, 'sw.js');
      const text = await readFile(worker, 'utf8');
      await writeFile(worker, text.replace(/VERSION = '\w+'/, "VERSION = 'newer'"));
    },
  };
}

// Begins the tour, or takes it up: by its button, or on a phone by the list of lessons, which has it, too.
export async function takeTour(page) {
  const button = page.getByRole('button', { name: 'Tour', exact: true });
  if (await button.isVisible()) return button.click();
  await page.getByRole('button', { name: 'Learn', exact: true }).click();
  await page.getByRole('button', { name: 'Tour of the page' }).click();
}

// Shows the fields that say what is sent: on a phone they are behind what is chosen in them.
export async function unfold(page) {
  const chosen = page.locator('.send .chosen');
  if ((await chosen.isVisible()) && (await chosen.getAttribute('aria-expanded')) === 'false') await chosen.click();
}

export const SIZES = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844, hasTouch: true, isMobile: true },
};

// A lab of which all is there.
export async function openReady(t, options = SIZES.desktop) {
  const page = await openLab(t, options);
  await page.locator('[data-ready]').waitFor({ timeout: 60_000 });
  return page;
}

export const lane = (page, mode) => page.locator(`article[data-mode="${mode}"]`);
export const sentence = (page, mode) => lane(page, mode).locator('.sentence').textContent();

// Until a step of the lane says it; gives what it says.
export async function stepTo(page, mode, said) {
  for (let step = 0; step < 250; step += 1) {
    const now = await sentence(page, mode);
    if (said.test(now)) return now;
    await page.keyboard.press('ArrowRight');
  }
  return assert.fail(`no step of ${mode} says ${said}`);
}

// What a press of a button gives the user to save.
export async function saved(page, button) {
  const download = page.waitForEvent('download');
  await button.click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

export const rows = (csv) => csv.trimEnd().split('\n').map((line) => line.split(','));
