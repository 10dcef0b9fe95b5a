// Opens the lab for a test.
import { after } from 'node:test';
import { launch, serve } from './chromium.mjs';

// One browser and one server for each test file, which node runs in a process of its own.
let running;
const start = () => (running ??= Promise.all([launch(), serve()]));

after(async () => {
  if (!running) return;
  const [browser, server] = await running;
  await browser.close();
  await server.close();
});

// A page with the lab in it, closed when the test `t` ends. Whatever the browser complains of
// is collected in `page.errors`; other options go to Playwright's newContext.
export async function openLab(t, { width = 1280, height = 800, path = '/', ...options } = {}) {
  const [browser, server] = await start();
  const context = await browser.newContext({
    baseURL: server.origin,
    viewport: { width, height },
    ...options,
  });
  t.after(() => context.close());
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
