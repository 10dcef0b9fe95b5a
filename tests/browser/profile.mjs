// Which points of the program are come to while a page is opened and a packet is followed, in a page that was built with
// an instrumented program (split/). A rest of the program is held, so that nothing comes of which the page thinks that it can
// wait.
import { launch, serve } from './chromium.mjs';

// Milliseconds, for a machine that does much else.
const PATIENCE = 300_000;
// What never comes.
const HELD = 'held.wasm';
const DESK = { width: 1440, height: 900 };
const WIDE = { width: 1920, height: 1080 };
const UPRIGHT = { width: 820, height: 1180 };
const SMALL = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
// As many as somebody goes who does not wait for the rest.
const STEPS = 2;
// Who comes for the first time: languages that the page has and has not, wide and narrow, by day and by night, fast and
// slow, at once busy or still for so many milliseconds, since what a page does depends on which of its parts comes first.
const VISITORS = [
  { slowness: 1, rests: 400, languages: ['en-US', 'en'], viewport: DESK },
  { slowness: 8, rests: 400, languages: ['en'], viewport: PHONE, colorScheme: 'dark', hasTouch: true },
  { slowness: 8, rests: 0, languages: ['zh-CN', 'zh', 'en'], viewport: DESK, colorScheme: 'dark' },
  { slowness: 1, rests: 0, languages: ['zh-Hant-TW', 'zh-TW', 'en-US', 'ja'], viewport: PHONE, reducedMotion: 'reduce' },
  { slowness: 4, rests: 400, languages: ['de-DE', 'de', 'en-US', 'en'], viewport: WIDE, forcedColors: 'active' },
  { slowness: 1, rests: 3500, languages: ['fr'], viewport: UPRIGHT },
  { slowness: 2, rests: 3500, languages: ['en-GB', 'en'], viewport: PHONE },
  { slowness: 12, rests: 0, languages: ['en-US', 'en'], viewport: SMALL },
  { slowness: 1, rests: 0, languages: ['en-US', 'en'], viewport: SMALL },
  { slowness: 2, rests: 3500, languages: ['en-US'], viewport: DESK },
];
// As many as there are processors on a small machine: they get in each other's way, as programs do.
const AT_ONCE = 2;

// `folder` is a built page. Gives the numbers of the points.
export async function profile(folder) {
  const [browser, server] = [await launch(), await serve(folder)];
  const ran = new Set();
  try {
    const waiting = [...VISITORS];
    const queue = async () => {
      for (let visitor = waiting.shift(); visitor; visitor = waiting.shift()) {
        for (const number of await visit(browser, server.origin, visitor)) ran.add(number);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, queue));
    for (const number of await visitAgain(browser, server.origin)) ran.add(number);
  } finally {
    await browser.close();
    await server.close();
  }
  return [...ran];
}

async function visit(browser, baseURL, { slowness, rests, languages, ...visitor }) {
  const context = await browser.newContext({ ...visitor, baseURL });
  // Playwright's locale is one.
  await context.addInitScript((languages) => {
    Object.defineProperty(navigator, 'languages', { get: () => languages });
  }, languages);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowness });
  await prepare(page);
  await use(page, rests);
  const numbers = await come(page);
  await context.close();
  return numbers;
}

const come = (page) => page.evaluate(() => [...globalThis.ran.keys()].filter((number) => globalThis.ran[number]));

// Who comes again waits for the rest with what was kept: only the beginning is needed before.
async function visitAgain(browser, baseURL) {
  const context = await browser.newContext({ viewport: DESK, baseURL, serviceWorkers: 'block' });
  const page = await context.newPage();
  await prepare(page);
  // A page that cannot have its rest goes on with what it has, which is all of it here, and keeps what is done.
  await page.route(`**/${HELD}`, (route) => route.abort());
  await page.goto('/');
  await page.getByRole('button', { name: 'Next packet' }).click({ timeout: PATIENCE });
  await page.waitForFunction(() => localStorage.length > 1, undefined, { timeout: PATIENCE });
  await page.unroute(`**/${HELD}`);
  await page.route(`**/${HELD}`, () => {});
  const numbers = new Set();
  // The same tab again, and another one.
  for (const again of [page, await context.newPage()]) {
    if (again !== page) await prepare(again);
    await again.goto('/');
    await again.waitForTimeout(3000);
    for (const number of await come(again)) numbers.add(number);
  }
  await context.close();
  return numbers;
}

async function prepare(page) {
  await page.route((address) => address.pathname === '/', async (route) => {
    const response = await route.fetch();
    const text = (await response.text()).replace('</head>', `<meta name="rest" content="${HELD}"></head>`);
    await route.fulfill({ response, body: text });
  });
  await page.route(`**/${HELD}`, () => {});
  await page.addInitScript(() => {
    // More than there are.
    globalThis.ran = new Uint8Array(2 ** 20);
    globalThis.failsAfter = Infinity;
    const hit = (number) => {
      globalThis.ran[number] = 1;
      if (globalThis.failsAfter-- === 0) throw new Error('as a placeholder fails');
    };
    const real = WebAssembly.instantiate;
    WebAssembly.instantiate = (source, imports) => real(source, { ...imports, profile: { hit } });
  });
}

async function use(page, rests) {
  await page.goto('/');
  const lane = page.locator('.lanes .lane').first();
  const turns = (number) => page.waitForTimeout(number * 20);
  if (rests === 0) await stir(page);
  await lane.waitFor({ timeout: PATIENCE });
  await page.waitForTimeout(rests);
  // Somebody is faster than the rest: the hand comes, a key is pressed, and a button, as a script would not.
  await page.mouse.move(200, 200);
  await turns(5);
  await page.mouse.move(300, 300);
  await page.keyboard.press('ArrowRight');
  await turns(5);
  const step = await page.locator('.transport button').nth(2).boundingBox();
  for (let times = 0; times < STEPS; times += 1) {
    await page.mouse.click(step.x + step.width / 2, step.y + step.height / 2);
    await turns(5);
  }
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
}

// The pointer moves from the beginning.
function stir(page) {
  return page.evaluate(() => {
    const moving = setInterval(() => window.dispatchEvent(new PointerEvent('pointermove')), 50);
    setTimeout(() => clearInterval(moving), 5000);
  });
}
