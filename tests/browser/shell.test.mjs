// What a user does with the command line.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { openLab } from './lab.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PHONE = { width: 390, height: 844, hasTouch: true, isMobile: true };
const shell = (page) => page.getByRole('region', { name: 'Command line' });
const field = (page) => shell(page).getByRole('textbox', { name: 'Command' });
const log = (page) => shell(page).getByRole('log');

async function open(t, options) {
  const page = await openLab(t, { width: 1440, height: 900, ...options });
  await page.locator('[data-ready]').waitFor();
  return page;
}

async function type(page, line) {
  const before = await log(page).locator('.typed').count();
  await field(page).fill(line);
  await field(page).press('Enter');
  await log(page).locator('.typed').nth(before).waitFor();
  return log(page).locator('.typed').nth(before).innerText();
}

async function healthy(page) {
  await page.addScriptTag({ content: AXE });
  const { violations } = await page.evaluate((rules) => window.axe.run({ runOnly: rules }), RULES);
  assert.deepEqual(violations.map((violation) => [violation.id, violation.nodes.map((node) => node.html)]), []);
}

test('a rule by hand, seen by the next packet, taken back and kept', async (t) => {
  const page = await open(t);
  await page.keyboard.press('t');
  assert.ok(await field(page).evaluate((element) => element === document.activeElement), 'one types at once');
  assert.match(await type(page, 'iptables -t nat -A PREROUTING -p tcp --dport 80 -j IPVS'), /Couldn't load target `IPVS':No such file/);
  assert.match(await type(page, 'iptables -t nat -S KUBE-SERVICES | grep -c KUBE-SVC'), /\n[1-9]/);
  await type(page, 'iptables -t nat -F KUBE-SERVICES');
  const undo = page.getByRole('button', { name: /^Undo:/ });
  assert.match(await undo.getAttribute('aria-label'), /iptables -t nat -F KUBE-SERVICES/);
  assert.match(await type(page, 'kubectl exec client-node1 -- curl -m 2 http://web.shop'), /curl: \(\d+\)/);
  await undo.click();
  await undo.click();
  assert.match(await type(page, 'iptables -t nat -S KUBE-SERVICES | grep -c KUBE-SVC'), /\n[1-9]/);
  assert.deepEqual(page.errors, []);
});

test('history, completion and the way out are keys', async (t) => {
  const page = await open(t);
  await page.getByRole('button', { name: 'Command line' }).click();
  await type(page, 'hostname');
  await field(page).press('ArrowUp');
  assert.equal(await field(page).inputValue(), 'hostname');
  await field(page).press('ArrowDown');
  assert.equal(await field(page).inputValue(), '');
  // What was typed is there after the page was opened anew.
  await type(page, 'iptables -S INPUT');
  await page.reload();
  await page.locator('[data-ready]').waitFor();
  await page.getByRole('button', { name: 'Command line' }).click();
  await field(page).press('ArrowUp');
  assert.equal(await field(page).inputValue(), 'iptables -S INPUT');
  await field(page).press('ArrowUp');
  assert.equal(await field(page).inputValue(), 'hostname');
  await field(page).fill('-S');
  await field(page).press('Control+r');
  assert.equal(await field(page).inputValue(), 'iptables -S INPUT');
  await field(page).press('Control+r');
  assert.equal(await field(page).inputValue(), 'iptables -S INPUT', 'there is no earlier one');
  await field(page).fill('iptables -t nat -L KUBE-SERV');
  await field(page).press('Tab');
  assert.equal(await field(page).inputValue(), 'iptables -t nat -L KUBE-SERVICES ');
  await field(page).fill('cat <<EOF | wc -l');
  await field(page).press('Enter');
  assert.equal(await log(page).locator('.typed').count(), 0, 'it asks for more lines');
  await field(page).fill('cat <<EOF | wc -l\na\nb\nEOF');
  await field(page).press('Enter');
  assert.match(await log(page).locator('.typed').first().innerText(), /\n2/);
  await field(page).press('Control+l');
  await log(page).locator('.typed').first().waitFor({ state: 'detached' });
  await field(page).press('Tab');
  assert.ok(!(await field(page).evaluate((element) => element === document.activeElement)), 'Tab leaves an empty line');
  await field(page).press('Escape');
  await shell(page).waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.className), 'shell-opener');
  assert.deepEqual(page.errors, []);
});

test('another place, another datapath', async (t) => {
  const page = await open(t);
  await page.keyboard.press('t');
  await shell(page).getByRole('button', { name: 'ipvs' }).click();
  assert.match(await type(page, 'ipvsadm -Ln'), /TCP\s+10\./);
  await shell(page).getByLabel('Where the commands run').selectOption({ label: 'client-node1' });
  assert.match(await type(page, 'ipvsadm -Ln'), /bash: ipvsadm: command not found/);
  assert.match(await type(page, 'exit'), /client-node1:\/# exit/);
  assert.match(await type(page, 'hostname'), /root@node1:~# hostname\nnode1/);
  assert.deepEqual(page.errors, []);
});

test('watch looks again when something was done in the page', async (t) => {
  const page = await open(t);
  await page.keyboard.press('t');
  assert.match(await type(page, 'watch iptables -t nat -L KUBE-SERVICES -v -n'), /Every 2\.0s: iptables -t nat/);
  const last = log(page).locator('.typed').last();
  const shown = await last.innerText();
  await page.getByRole('button', { name: 'Send packet' }).click();
  await page.waitForFunction((before) => [...document.querySelectorAll('.shell .typed')].at(-1).innerText.length > before, shown.length);
  assert.equal((await last.innerText()).match(/Every 2\.0s/g).length, 2);
  await shell(page).getByRole('button', { name: 'Stop' }).click();
  assert.deepEqual(page.errors, []);
});

test('a monitor prints what is sent afterwards, until it is stopped', async (t) => {
  const page = await open(t);
  await page.keyboard.press('t');
  await type(page, "nft add table inet t; nft add chain inet t c '{ type filter hook prerouting priority -300; }'");
  await type(page, 'nft add rule inet t c tcp dport 80 meta nftrace set 1');
  assert.match(await type(page, 'nft monitor trace &'), /nft monitor trace listens from now on/);
  const listening = shell(page).getByRole('status').filter({ hasText: 'Listening: root@node1:~# nft monitor trace' });
  await listening.waitFor();
  const said = await type(page, 'kubectl exec client-node1 -- curl -m 2 http://web.shop');
  assert.match(said, /trace id [0-9a-f]{8} inet t c packet: iif "\S+" ip saddr \S+ ip daddr 10\./);
  assert.match(said, /inet t c rule tcp dport 80 meta nftrace set 1 \(verdict continue\)/);
  const before = (await log(page).innerText()).split('packet: ').length;
  await page.getByRole('button', { name: 'Send packet' }).click();
  await page.waitForFunction(
    (count) => document.querySelector('.shell-log').innerText.split('packet: ').length > count,
    before,
  );
  await field(page).press('Control+c');
  await listening.waitFor({ state: 'detached' });
  assert.deepEqual(page.errors, []);
});

test('an object is edited in the drawer', async (t) => {
  const page = await open(t);
  await page.keyboard.press('t');
  const text = shell(page).getByRole('textbox', { name: 'The text that kubectl edit opened' });
  await type(page, 'kubectl edit svc web -n shop');
  assert.match(await text.inputValue(), /^# Please edit the object below\./);
  assert.ok(await text.evaluate((element) => element === document.activeElement), 'one edits at once');
  await text.press('Escape');
  await log(page).getByText('Edit cancelled, no changes made.').waitFor();
  await type(page, 'kubectl edit svc web -n shop');
  const written = await text.inputValue();
  await text.fill(written.replace('port: 80\n', 'port: 0\n'));
  await shell(page).getByRole('button', { name: 'Save' }).click();
  await log(page).getByText('error: services "web" is invalid').waitFor();
  assert.match(await text.inputValue(), /# services "web" was not valid:\n# \* spec\.ports\[0\]\.port: Invalid value/);
  await text.fill(written.replace('port: 80\n', 'port: 8000\n'));
  await text.press('Control+Enter');
  await log(page).getByText('service/web edited').waitFor();
  assert.match(await type(page, 'kubectl get svc web -n shop'), / 8000/);
  await page.getByRole('button', { name: /^Undo:/ }).click();
  assert.match(await type(page, 'kubectl get svc web -n shop'), / 80[/:]/);
  assert.deepEqual(page.errors, []);
});

for (const colorScheme of ['light', 'dark']) {
  for (const [name, size] of [['a screen', {}], ['a phone', PHONE]]) {
    test(`nothing is in the way of anyone, ${colorScheme}, on ${name}`, async (t) => {
      const page = await open(t, { colorScheme, ...size });
      await page.getByRole('button', { name: 'Command line' }).click();
      await type(page, 'iptables -A INPUT -j IPVS');
      await type(page, 'kubectl get svc -A');
      await type(page, 'conntrack -E &');
      await type(page, 'kubectl edit svc web -n shop');
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wide, 0, 'the page is no wider than the screen');
      await healthy(page);
      assert.deepEqual(page.errors, []);
    });
  }
}
