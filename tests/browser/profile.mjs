// Which functions of the program run while a page is opened and a packet is followed, in a page that was built with
// an instrumented program (split/). A rest of the program is held, so that nothing comes of which the page thinks that it can
// wait.
import { launch, serve } from './chromium.mjs';

// Milliseconds, for a machine that does much else.
const PATIENCE = 120_000;
// What never comes.
const HELD = 'held.wasm';
// What a page does after what depends on how fast it is.
const SLOWNESS = [1, 8];

// `folder` is a built page. Gives the numbers of the functions that ran.
export async function profile(folder) {
  const [browser, server] = [await launch(), await serve(folder)];
  const ran = new Set();
  try {
    for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
      for (const locale of ['en', 'zh-CN']) {
        for (const rate of SLOWNESS) {
          const context = await browser.newContext({ viewport, locale, baseURL: server.origin });
          const page = await context.newPage();
          const session = await context.newCDPSession(page);
          await session.send('Emulation.setCPUThrottlingRate', { rate });
          for (const number of await visit(page)) ran.add(number);
          await context.close();
        }
      }
    }
  } finally {
    await browser.close();
    await server.close();
  }
  return [...ran];
}

async function visit(page) {
  await page.route((address) => address.pathname === '/', async (route) => {
    const response = await route.fetch();
    const text = (await response.text()).replace('</head>', `<meta name="rest" content="${HELD}"></head>`);
    await route.fulfill({ response, body: text });
  });
  await page.route(`**/${HELD}`, () => {});
  await page.addInitScript(() => {
    globalThis.ran = new Set();
    globalThis.failsAfter = Infinity;
    const hit = (number) => {
      globalThis.ran.add(number);
      if (globalThis.failsAfter-- === 0) throw new Error('as a placeholder fails');
    };
    const real = WebAssembly.instantiateStreaming;
    WebAssembly.instantiateStreaming = (source, imports) => real(source, { ...imports, profile: { hit } });
  });
  await page.goto('/');
  const lane = page.locator('.lanes .lane').first();
  const turns = (number) => page.waitForTimeout(number * 20);
  await lane.waitFor({ timeout: PATIENCE });
  await turns(20);
  // Somebody is faster than the rest: the hand comes, a key is pressed, and a button, as a script would not.
  await page.mouse.move(200, 200);
  await turns(5);
  await page.mouse.move(300, 300);
  await page.keyboard.press('ArrowRight');
  await turns(5);
  const step = await page.locator('.transport button').nth(2).boundingBox();
  await page.mouse.click(step.x + step.width / 2, step.y + step.height / 2);
  await turns(5);
  await page.mouse.wheel(0, 200);
  await turns(5);
  for (const part of ['.send .buttons', '.transport', '.lane']) {
    const number = await page.locator(`${part} button`).count();
    for (let place = 0; place < Math.min(number, 6); place += 1) {
      await page.evaluate(([part, place]) => document.querySelectorAll(`${part} button`)[place]?.click(), [part, place]);
      await turns(2);
    }
  }
  await turns(10);
  // What was done is kept in the browser after a while, and the page has asked for its rest by then.
  await turns(200);
  // What is said when the rest cannot be had must not be in it.
  await page.evaluate(() => {
    globalThis.failsAfter = 2000;
    document.querySelector('.send .buttons button').click();
  });
  await page.getByRole('alertdialog').waitFor({ timeout: PATIENCE });
  await turns(10);
  return page.evaluate(() => [...globalThis.ran]);
}
