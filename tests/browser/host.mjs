// Pages of somebody else, with figures in them.
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, serve } from './chromium.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let running;
const start = () => (running ??= Promise.all([launch(), serve(ROOT)]));

after(async () => {
  if (!running) return;
  const [browser, server] = await running;
  await browser.close();
  await server.close();
});

const document = (body, head) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Somebody else's page</title>${head}</head>
<body><h1>Somebody else's page</h1>${body}<p id="end">The end.</p></body></html>`;

const SCRIPT = '<script type="module" src="/pkg/datapath-lab.js"></script>';

// A page with `body` in it at /host.html. `page.events` has what its figures said, `page.errors` what the browser
// complained of. `serves` has further answers by path.
export async function openHost(t, body, { head = SCRIPT, headers = {}, serves = {}, width = 1280, height = 800, ...options } = {}) {
  const [browser, server] = await start();
  const context = await browser.newContext({ baseURL: server.origin, viewport: { width, height }, ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  page.on('console', (message) => {
    if (message.location().url.endsWith('/favicon.ico')) return;
    if (message.type() === 'error') page.errors.push(message.text());
  });
  await context.addInitScript(() => {
    window.events = [];
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
    for (const kind of ['ready', 'step', 'send', 'error']) {
      // A figure's events do not bubble, so that a page hears none that it did not ask for.
      document.addEventListener(kind, (event) => {
        if (event.target.localName === 'datapath-lab') window.events.push({ kind, id: event.target.id, detail: event.detail });
      }, true);
    }
  });
  const answer = (text, type, more = {}) => (route) =>
    route.fulfill({ body: text, headers: { 'Content-Type': type, ...more } });
  await page.route('**/host.html', answer(document(body, head), 'text/html; charset=utf-8', headers));
  for (const [path, text] of Object.entries(serves)) {
    await page.route(`**${path}`, answer(text, path.endsWith('.js') ? 'text/javascript' : 'text/plain; charset=utf-8'));
  }
  await page.goto('/host.html');
  return page;
}

export const events = (page) => page.evaluate(() => window.events);

export async function event(page, kind, id = '') {
  await page.waitForFunction(([kind, id]) => window.events.some((event) => event.kind === kind && event.id === id), [kind, id]);
  return (await events(page)).find((event) => event.kind === kind && event.id === id);
}
