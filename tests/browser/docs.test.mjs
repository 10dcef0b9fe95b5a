// The book: every link leads somewhere, every figure runs, and what it says of the model is what the model does.
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { before, test } from 'node:test';
import { DIST } from './chromium.mjs';
import { openLab } from './lab.mjs';
import { ROOT } from './host.mjs';
import { Lab, cost, load, trace, translate } from '../../pkg/headless.node.js';

const BOOK = join(DIST, 'docs');
const pages = new Map();

before(async () => {
  for (const name of await readdir(BOOK, { recursive: true })) {
    if (name.endsWith('.html')) pages.set(name, await readFile(join(BOOK, name), 'utf8'));
  }
  await load();
});

const LESSON = /^lesson=([\w-]+)(?:\/(\d+))?$/;

// What a link into the lab may be called: its lesson's title, or the heading of the step that it opens.
async function lessonNames(anchor) {
  const [, name, step] = LESSON.exec(anchor) ?? [];
  const text = name && (await readFile(join(DIST, 'lessons', `${name}.md`), 'utf8').catch(() => undefined));
  if (!text) return [];
  const steps = matches(text.replace(/^```[^]*?^```$/gm, ''), /^## (.+)$/gm);
  return step === undefined ? matches(text, /^title: (.+)$/gm) : steps.slice(step - 1, step);
}

const matches = (text, pattern) => [...text.matchAll(pattern)].map((found) => found[1]);
const idsOf = (html) => new Set(matches(html, /\sid="([^"]+)"/g));

test('every link and every file of the book is there', async () => {
  assert.ok(pages.size > 15, `${pages.size} pages`);
  const wrong = [];
  for (const [name, html] of pages) {
    // mdBook's page for what is not found names everything from the root of a site.
    if (name === '404.html') continue;
    const linked = html.replace(/<code[^]*?<\/code>/g, '');
    for (const link of [...matches(linked, /\shref="([^"]*)"/g), ...matches(linked, /\ssrc="([^"]*)"/g)]) {
      if (/^(https:|data:|mailto:)/.test(link)) continue;
      assert.doesNotMatch(link, /^http:/, name);
      const [path, anchor] = decodeURI(link.replaceAll('&amp;', '&')).split('#');
      let file = path.split('?')[0] === '' ? join(BOOK, name) : normalize(join(BOOK, dirname(name), path.split('?')[0]));
      const found = await stat(file).catch(() => undefined);
      if (found?.isDirectory()) file = join(file, 'index.html');
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) wrong.push(`${name}: ${link}`);
      // Places within the lab are looked at below.
      else if (relative(DIST, file) === 'index.html') continue;
      else if (anchor && relative(BOOK, file).endsWith('.html') && !idsOf(text).has(anchor)) wrong.push(`${name}: ${link} has no such place`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('a link to a step of a lesson is called as that step is', async () => {
  const links = [];
  for (const [name, html] of pages) {
    for (const [, anchor, called] of html.matchAll(/<a href="(?:\.\.\/)+index\.html#([^"]*)">([^]*?)<\/a>/g)) {
      const plain = called.replace(/<[^>]+>/g, '').replaceAll('&amp;', '&').replaceAll('’', "'");
      links.push([`${name}: ${anchor}`, plain, (await lessonNames(anchor)).map((title) => title.replaceAll('`', ''))]);
    }
  }
  assert.ok(links.length > 60, `${links.length} links into lessons`);
  assert.deepEqual(links.filter(([, called, names]) => !names.includes(called)), []);
});

// Without what Markdown and typography put around the words.
const words = (text) => text.replace(/<[^>]+>|[`*“”"]/g, '').replaceAll('’', "'").replace(/\s+/g, ' ').toLowerCase();

test('what a plan tells to listen for is an answer of the step', async () => {
  let quoted = 0;
  for (const [name, html] of pages) {
    if (!name.startsWith('workshop/')) continue;
    for (const row of matches(html, /<tr>([^]*?)<\/tr>/g)) {
      const lessons = matches(row, /#lesson=([\w-]+)\/\d/g).filter((lesson) => !lesson.startsWith('ch-'));
      const cells = matches(row, /<td[^>]*>([^]*?)<\/td>/g);
      if (lessons.length === 0 || cells.length < 4) continue;
      const texts = await Promise.all(lessons.map((lesson) => readFile(join(DIST, 'lessons', `${lesson}.md`), 'utf8')));
      const answers = words(texts.flatMap((text) => matches(text, /^- (.+) => /gm)).join(' / '));
      for (const quote of matches(cells[2], /“([^”]+)”/g)) {
        quoted += 1;
        assert.ok(answers.includes(words(quote)), `${name}: “${quote}” is no answer in ${lessons}`);
      }
    }
  }
  assert.ok(quoted > 25, `${quoted}`);
});

test('a link of the workshop opens the lab at its step', async (t) => {
  const [, anchor] = /#(lesson=masquerade\/2)"/.exec(pages.get('workshop/half-day.html'));
  const page = await openLab(t, { path: `/#${anchor}` });
  await page.locator('.lesson').getByText('Whose address does the web pod see?').waitFor();
  assert.deepEqual(page.errors, []);
});

test('every figure of the book runs', async (t) => {
  const withFigures = [...pages].filter(([name, html]) => name !== 'index.html' && html.includes('<datapath-lab'));
  assert.ok(withFigures.length >= 16, `${withFigures.length} pages with figures`);
  for (const [name, html] of withFigures) {
    const page = await openLab(t, { path: `/docs/${name}` });
    const states = await page.evaluate(async () => {
      const figures = [...document.querySelectorAll('datapath-lab')];
      return Promise.all(figures.map((figure) => figure.start().then(() => figure.state)));
    });
    assert.equal(states.length, matches(html, /(<datapath-lab)/g).length, name);
    for (const state of states) assert.ok(state.steps > 10, `${name}: ${JSON.stringify(state)}`);
    assert.equal(await page.locator('datapath-lab [role=alert]').count(), 0, name);
    const link = page.locator('datapath-lab .lab-link a').first();
    assert.match(await link.getAttribute('href'), /^http:\/\/127\.0\.0\.1:\d+\/#v1\./, name);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(overflow, 0, name);
    assert.deepEqual(page.errors, [], name);
    await page.context().close();
  }
});

// What a page says, in its own words, and what the model says.
const shop = () => Lab.example();
const journey = (datapath, options) => trace(shop(), { packet: { target: 'shop/web' }, datapaths: [datapath], ...options })[0];
const text = (datapath, format) => translate(shop(), { datapath, node: 'node1', format })[0].text;
// The shop after a patch of `shop/web`, and what is sent there by the beginnings of client and target.
const patched = (patch) => {
  const lab = new Lab();
  lab.act(`kubectl patch service/web -n shop --type merge -p '${JSON.stringify(patch)}'`);
  return lab;
};
const send = (lab, client, target) => {
  const find = (all, label) => all.findIndex((one) => one.label.startsWith(label));
  return lab.send(find(lab.clients(), client), find(lab.targets(), target));
};
const endings = (journeys) => journeys.map(({ outcome }) => outcome.ending);
const CLUSTER_IP = 'shop/web:http at ClusterIP';
const NODE_PORT = { client: 'outside', target: 'shop/web:http at NodePort of node1 192.168.0.11:30080/tcp' };

for (const [page, said, holds] of [
  ['iptables', '10 rules on its way there in place of 42', () => {
    assert.equal(journey('iptables').request.rules, 42);
    assert.equal(journey('iptables', { packets: 2 }).request.rules, 10);
  }],
  ['service', 'the destination 10.96.12.80 has become that of a Pod, on the node where the packet began', () => {
    for (const datapath of ['iptables', 'nftables', 'ipvs']) {
      const { moments } = journey(datapath);
      const changed = moments.find(({ packet }, index) => index > 0 && packet.destination !== moments[index - 1].packet.destination);
      assert.match(moments[0].packet.destination, /^10\.96\.12\.80:80$/);
      assert.match(changed.packet.destination, /^10\.244\./);
      assert.equal(changed.node, moments[0].node);
    }
  }],
  ['probabilities', '0.3333333333', () => {
    const lines = text('iptables', 'iptables-restore input').split('\n');
    const chain = lines.find((line) => line.includes('--probability 0.33333333')).split(' ')[1];
    const odds = lines.filter((line) => line.startsWith(`-A ${chain} `) && line.includes('KUBE-SEP')).map((line) => Number(/--probability (\S+)/.exec(line)?.[1] ?? 1));
    assert.equal(odds.length, 3);
    odds.forEach((probability, index) => assert.ok(Math.abs(probability - 1 / (3 - index)) < 1e-6, `${odds}`));
  }],
  ['probabilities', 'dnat ip to numgen random mod 3 map', () =>
    assert.match(text('nftables', 'nft file'), /dnat ip to numgen random mod 3 map \{ 0 : 10\.244\.\d+\.\d+ \. 8080, /)],
  ['conntrack', 'takes an answer from no other address', () => {
    const { moments } = journey('iptables');
    const answers = moments.filter(({ way }) => way === 'reply');
    assert.match(answers[0].packet.source, /^10\.244\./);
    assert.equal(answers.at(-1).packet.source, '10.96.12.80:80');
  }],
  ['nftables', 'service-ips', () => assert.match(text('nftables', 'nft file'), /map service-ips/)],
  ['ipvs', 'LOCAL_IN', () => assert.ok(journey('ipvs').moments.some(({ hook, text }) => hook && /IPVS/.test(text) && /INPUT|LOCAL_IN|input/i.test(hook)))],
  ['ipvs', 'The scheduler is rr', () => assert.match(text('ipvs', 'ipvsadm -R input'), /10\.96\.12\.80:80 -s rr/)],
  ['masquerade', 'The Pod sees the node’s address', () => {
    const { moments } = journey('iptables', { packet: NODE_PORT });
    const arrived = moments.filter(({ way }) => way === 'request').at(-1);
    assert.match(moments[0].packet.source, /^203\.0\.113\.10:/);
    assert.doesNotMatch(arrived.packet.source, /^203\.0\.113\./);
    assert.ok(moments.some(({ packet }) => (packet.mark & 0x4000) !== 0));
  }],
  ['cost', 'meets 516 rules in iptables mode, 14 in nftables mode and 15 in IPVS mode', () =>
    assert.deepEqual(cost(1000).map(({ first }) => first.rules), [516, 14, 15])],
  ['cost', 'meets 5, 3 and 7, with ten Services as with a thousand', () => {
    for (const services of [10, 1000]) assert.deepEqual(cost(services).map(({ following }) => following.rules), [5, 3, 7]);
  }],
  ['affinity', 'meets 45 rules in iptables mode, and 42 without affinity', () => {
    const lab = patched({ spec: { sessionAffinity: 'ClientIP' } });
    const first = send(lab, 'pod client-node1', CLUSTER_IP);
    const second = send(lab, 'pod client-node1', CLUSTER_IP);
    assert.equal(first[0].request.rules, 45);
    assert.equal(journey('iptables').request.rules, 42);
    assert.deepEqual(second.map(({ outcome }) => outcome.text), first.map(({ outcome }) => outcome.text));
  }],
  ['affinity', 'persistent 10800', () => {
    const lab = patched({ spec: { sessionAffinity: 'ClientIP' } });
    const files = (mode) => lab.export(mode, 'node1').map((file) => file.text).join('\n');
    assert.match(files('iptables'), /-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-/);
    assert.match(files('nftables'), /set affinity-[^{]*\{\s+type ipv4_addr\s+size 65535\s+flags dynamic,timeout\s+timeout 3h/);
    assert.match(files('nftables'), /update @affinity-\S+ \{ ip saddr/);
    assert.match(files('ipvs'), /-A -t 10\.96\.12\.80:80 -s rr -p 10800/);
  }],
  ['traffic-policies', 'dropped dropped a pod elsewhere answers, from an address that the client never asked', () => {
    const lab = patched({ spec: { externalTrafficPolicy: 'Local' } });
    lab.act('kubectl scale deployment/web -n shop --replicas=1');
    const journeys = send(lab, 'outside', 'shop/web:http at NodePort of node3');
    assert.deepEqual(endings(journeys).slice(0, 2), ['dropped', 'dropped']);
    assert.match(journeys[2].outcome.text, /Reset by the client: it expected tcp 192\.168\.0\.13:30080/);
    assert.deepEqual(endings(send(lab, 'pod client-node3', 'shop/web:http at NodePort of node3')), ['answered', 'answered', 'answered']);
  }],
  ['traffic-policies', 'dropped dropped a pod elsewhere answers', () => {
    const lab = patched({ spec: { internalTrafficPolicy: 'Local' } });
    lab.act('kubectl scale deployment/web -n shop --replicas=1');
    assert.deepEqual(endings(send(lab, 'pod client-node3', CLUSTER_IP)), ['dropped', 'dropped', 'answered']);
  }],
  ['ways-in', '127.0.0.1 yes, unless iptables.localhostNodePorts is false no no', () => {
    const loopback = { client: 'process on node1', target: '127.0.0.1:30080/tcp' };
    const reached = trace(shop(), { packet: loopback }).map(({ outcome }) => outcome.ending === 'answered');
    assert.deepEqual(reached, [true, false, false]);
  }],
  ['names', 'No address is rewritten on the way', () => {
    for (const datapath of ['iptables', 'nftables', 'ipvs']) {
      const { moments, outcome } = journey(datapath, { packet: { target: '10.244.3.15:5432/tcp' } });
      assert.equal(outcome.ending, 'answered');
      for (const { packet, way } of moments) if (way === 'request') assert.equal(packet.destination, '10.244.3.15:5432');
    }
  }],
  ['control-plane', 'kube-proxy never reads pods', () => {
    const { rounds } = new Lab().act('kubectl scale deployment/web -n shop --replicas=4');
    for (const { actor, syncs } of rounds) assert.ok(syncs.length === 0 || actor === 'endpointslice-controller', actor);
    assert.ok(rounds.some(({ syncs }) => syncs.length > 0));
  }],
]) {
  test(`${page}: ${said}`, () => {
    const plain = pages.get(`concepts/${page}.html`).replace(/<\/t[dh]>/g, ' ').replace(/<[^>]+>/g, '').replace(/\s+/g, ' ').replaceAll("'", '’');
    assert.ok(plain.includes(said.replaceAll("'", '’')), 'the page does not say so');
    holds();
  });
}

test('a hand-out is black on white on one sheet, or on two with a solution', async (t) => {
  const page = await openLab(t, { path: '/docs/handouts.html', colorScheme: 'dark' });
  const handouts = [...pages.keys()].filter((name) => name.startsWith('handouts/'));
  assert.ok(handouts.length >= 6, `${handouts}`);
  for (const name of handouts) {
    await page.goto(`/docs/${name}`);
    const sheets = await page.locator('.sheet').count();
    for (const format of ['A4', 'Letter']) {
      const paper = (await page.pdf({ format, printBackground: true })).toString('latin1');
      assert.equal(matches(paper, /(\/Type \/Page)\b(?!s)/g).length, sheets, `${name} on ${format}`);
    }
    await page.emulateMedia({ media: 'print' });
    const seen = await page.evaluate(() => {
      const style = getComputedStyle(document.querySelector('main p'));
      return [style.color, getComputedStyle(document.documentElement).backgroundColor, document.querySelector('#mdbook-sidebar').checkVisibility()];
    });
    assert.deepEqual(seen, ['rgb(0, 0, 0)', 'rgb(255, 255, 255)', false], name);
    await page.emulateMedia({ media: null });
  }
});

test('the rules that the exercises print are those that the script loads', () => {
  const listed = matches(pages.get('workshop/real-node.html').replace(/<[^>]+>/g, '').replaceAll('&gt;', '>').replaceAll('&quot;', '"'), /^(?:\[\d+:\d+\] )(-A .+)$/gm);
  const one = patched({ spec: { externalTrafficPolicy: 'Local' } });
  const alone = patched({ spec: { externalTrafficPolicy: 'Local' } });
  alone.act('kubectl scale deployment/web -n shop --replicas=1');
  const loaded = [new Lab(), one, alone].flatMap((lab) => ['node1', 'node3'].flatMap((node) => lab.export('iptables', node).map((file) => file.text))).join('\n').split('\n');
  assert.ok(listed.length > 15, `${listed.length}`);
  assert.deepEqual(listed.filter((rule) => !loaded.includes(rule)), []);
});

test('hand-outs name chains, maps and sets as kube-proxy does', () => {
  const lab = patched({ spec: { externalTrafficPolicy: 'Local', sessionAffinity: 'ClientIP' } });
  const written = (mode) => lab.export(mode, 'node1').map((file) => file.text).join('\n');
  const names = (page, pattern) => [...new Set(matches(pages.get(`handouts/${page}.html`).replace(/<[^>]+>/g, ' '), pattern))];
  for (const [mode, pattern, least] of [['iptables', /(KUBE-[A-Z0-9-]*[A-Z0-9])/g, 10], ['ipvs', /(KUBE-[A-Z0-9-]*[A-Z0-9])/g, 10],
    ['nftables', /\b((?:service|no-endpoint|cluster|nodeport|firewall|hairpin|nat|service-endpoints|affinity)-[a-z-]*[a-z])\b/g, 10]]) {
    const named = names(mode, pattern);
    assert.ok(named.length >= least, `${mode}: ${named}`);
    const rules = written(mode);
    assert.deepEqual(named.filter((name) => !rules.includes(name)), [], mode);
  }
});

test('the numbers of how truth is checked are those of the repository', async () => {
  const cases = `${ROOT}/tests/cases`;
  const plain = pages.get('truth.html').replace(/<[^>]+>/g, '');
  const says = (words) => assert.ok(plain.includes(words), `the page should say: ${words}`);
  const lines = async (file) => (await readFile(file, 'utf8')).trim().split('\n').length;
  says(`${JSON.parse(await readFile(`${cases}/kube-proxy/INDEX.json`, 'utf8')).length} recorded clusters`);
  says(`${(await readdir(`${cases}/kube-proxy-syncs`)).length} recorded histories`);
  says(`${(await lines(`${cases}/kernel/kube-proxy-packets.jsonl`)).toLocaleString('en')} recorded packets`);
  says(`${(await readdir(`${cases}/kernel/generated`)).length} recorded cases`);
  const programs = await readdir(`${cases}/programs`, { withFileTypes: true });
  says(`${programs.filter((entry) => entry.isDirectory() && !['run', 'written'].includes(entry.name)).length} rulesets`);
});
