// The cluster built by form, and its text beside it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLab, unfold } from './lab.mjs';

const SIZES = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844, hasTouch: true, isMobile: true },
};

const text = (page) => page.getByLabel('Cluster as YAML or JSON');
const undo = (page) => page.getByRole('button', { name: /^Undo/ }).click();

async function open(t, size) {
  const page = await openLab(t, size);
  await page.locator('[data-ready]').waitFor();
  return page;
}

async function assertWritten(page, command) {
  await page.locator('.operate .path').getByText(command).waitFor();
}

// Opens the form that changes an object.
async function change(page, subject) {
  const form = page.locator('.fields:not(.adding)');
  if ((await form.getAttribute('open')) === null) await form.locator('summary').click();
  await form.locator('label.field select').selectOption({ label: subject });
  return form;
}

// Fills the form for something new and sends it.
async function add(page, kind, values) {
  const form = page.locator('.adding');
  if ((await form.getAttribute('open')) === null) await form.locator('summary').click();
  await form.getByRole('button', { name: kind, exact: true }).click();
  for (const [path, value] of Object.entries(values)) {
    const field = form.getByLabel(path, { exact: true });
    if ((await field.evaluate((e) => e.tagName)) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
  await form.getByRole('button', { name: /^Create/ }).click();
  return form;
}

for (const [name, size] of Object.entries(SIZES)) {
  test(`${name}: a field of a Service is changed by form, and the nodes follow`, async (t) => {
    const page = await open(t, size);
    const form = await change(page, 'Service shop/cart');
    await form.getByLabel('spec.type').selectOption('NodePort');
    const port = form.getByLabel('spec.ports[0].nodePort');
    const given = await port.inputValue();
    assert.match(given, /^3[0-2]\d{3}$/, 'the API server gives a node port');
    await assertWritten(page, `kubectl patch service/cart -n shop --type merge -p '{"spec":{"type":"NodePort"}}'`);
    assert.ok((await text(page).inputValue()).includes(`nodePort: ${given}`), 'the text has it too');

    await port.fill('99999');
    await port.press('Tab');
    await form.getByRole('alert').waitFor();
    assert.match(await form.getByRole('alert').textContent(), /nodePort.*between 1 and 65535/);
    assert.equal(await page.locator('.operate').getByText('between 1 and 65535').count(), 1, 'it is told once');
    assert.equal(await port.inputValue(), '99999', 'what was typed stays');

    await undo(page);
    await port.waitFor({ state: 'detached' });
    assert.equal(await form.getByLabel('spec.type').inputValue(), 'ClusterIP');
    assert.ok(!(await text(page).inputValue()).includes(`nodePort: ${given}`));
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: the form and the bar stay with a Service that is changed`, async (t) => {
    const page = await open(t, size);
    const form = await change(page, 'Service shop/web');
    const object = () => form.getByLabel('Object').evaluate((select) => select.selectedOptions[0].textContent);
    const asked = () => page.getByLabel('To Service').evaluate((select) => select.selectedOptions[0].textContent);
    const set = async (path, value) => {
      await form.getByLabel(path, { exact: true }).fill(value);
      await form.getByLabel(path, { exact: true }).press('Tab');
    };
    await set('spec.ports[0].port', '8081');
    await page.getByLabel('To Service').locator('option', { hasText: 'web:http · TCP 8081' }).waitFor({ state: 'attached' });
    assert.equal(await asked(), 'web:http · TCP 8081');
    assert.equal(await object(), 'Service shop/web');
    await form.getByLabel('spec.type').selectOption('ExternalName');
    await form.getByLabel('spec.externalName').waitFor();
    assert.equal(await object(), 'Service shop/web');
    await set('spec.externalName', 'example.org');
    assert.ok((await text(page).inputValue()).includes('externalName: example.org'));
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: a port comes and goes, and the text keeps what is beside it`, async (t) => {
    const page = await open(t, size);
    const before = await text(page).inputValue();
    const mine = before.replace('    - name: http\n      nodePort: 30080\n', '    # what customers see\n    - name: http\n      nodePort: 30080\n');
    assert.notEqual(mine, before);
    await text(page).fill(mine);
    await page.getByRole('button', { name: 'Load', exact: true }).click();
    await page.getByText('This is what the lanes show.').waitFor();
    const form = await change(page, 'Service shop/web');
    await form.getByRole('button', { name: 'Add a port: spec.ports' }).click();
    await form.getByLabel('spec.ports[1].protocol').selectOption('UDP');
    await form.getByLabel('spec.ports[1].name').fill('stats');
    await form.getByLabel('spec.ports[1].name').press('Tab');
    await page.getByLabel('To Service').locator('option', { hasText: 'web:stats · UDP 81' }).waitFor({ state: 'attached' });
    const after = await text(page).inputValue();
    assert.ok(after.includes('    # what customers see\n    - name: http\n'), 'the remark stays');
    assert.match(after, /- name: stats\n\s+protocol: UDP\n\s+port: 81\n\s+targetPort: 8080\n\s+nodePort: \d+\n/);
    await form.getByRole('button', { name: 'Remove this port: spec.ports[1]' }).click();
    await form.getByLabel('spec.ports[1].name').waitFor({ state: 'detached' });
    const service = mine.slice(mine.indexOf('# what customers see'), mine.indexOf('selector:', mine.indexOf('# what customers see')));
    assert.ok((await text(page).inputValue()).includes(service), 'and the Service is as it was');
    assert.equal(await form.getByRole('button', { name: /^Remove this port/ }).count(), 0, 'the last one stays');
    await undo(page);
    assert.equal(await form.getByLabel('spec.ports[1].name').inputValue(), 'stats');
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: an address is given once, None is headless, and both families need a cluster that has them`, async (t) => {
    const page = await open(t, size);
    const form = await change(page, 'Service shop/cart');
    const address = form.getByLabel('spec.clusterIP');
    assert.ok(await address.evaluate((input) => input.readOnly));
    await form.getByLabel('spec.ipFamilies').selectOption('IPv4, IPv6');
    await form.getByRole('alert').waitFor();
    assert.match(await form.getByRole('alert').textContent(), /this cluster is not configured for dual-stack services/);
    await form.getByLabel('metadata.labels[service.kubernetes.io/service-proxy-name]').fill('other');
    await form.getByLabel('metadata.labels[service.kubernetes.io/service-proxy-name]').press('Tab');
    await assertWritten(page, 'kubectl patch service/cart');
    assert.equal(await form.getByLabel('spec.ipFamilies').inputValue(), 'IPv4', 'what was refused is not there');
    await add(page, 'Service', { 'metadata.name': 'bare', 'spec.selector': 'app=web', 'spec.clusterIP': 'None' });
    const bare = await change(page, 'Service shop/bare');
    assert.equal(await bare.getByLabel('spec.clusterIP').inputValue(), 'None');
    assert.match(await text(page).inputValue(), /name: bare[\s\S]*clusterIP: None/);
    await add(page, 'Service', { 'metadata.name': 'fixed', 'spec.selector': 'app=web', 'spec.clusterIP': '10.96.77.7' });
    await unfold(page);
    await page.getByLabel('To Service').selectOption({ label: 'fixed · TCP 80' });
    assert.match(await page.getByLabel('Through').textContent(), /10\.96\.77\.7:80/);
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: a StatefulSet is scaled by form`, async (t) => {
    const page = await open(t, size);
    const set = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  replicas: 2 # as many as there are disks
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: main, image: db}]}
---
apiVersion: v1
kind: Node
metadata: {name: node1}
spec: {podCIDRs: [10.244.1.0/24]}
status: {addresses: [{type: InternalIP, address: 192.168.0.11}]}
`;
    await text(page).fill(set);
    await page.getByRole('button', { name: 'Load', exact: true }).click();
    await page.getByText('This is what the lanes show.').waitFor();
    const form = await change(page, 'StatefulSet shop/db');
    await form.getByLabel('spec.replicas').fill('3');
    await form.getByLabel('spec.replicas').press('Tab');
    await page.locator('.workloads').getByText('db-2').waitFor();
    assert.ok((await text(page).inputValue()).startsWith(set.replace('replicas: 2', 'replicas: 3')), 'its Pods stand behind it');
    assert.equal(await form.getByLabel('spec.updateStrategy.type').inputValue(), 'RollingUpdate');
    await form.getByLabel('spec.template.metadata.labels').fill('app=db, tier=back');
    await form.getByLabel('spec.template.metadata.labels').press('Tab');
    await assertWritten(page, 'kubectl patch statefulset/db -n shop');
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: a Deployment and a Service are made by form, and answer`, async (t) => {
    const page = await open(t, size);
    await add(page, 'Deployment', { 'metadata.name': 'blog', 'spec.template.metadata.labels': 'app=blog' });
    await assertWritten(page, 'deployment-controller');
    const form = await add(page, 'Service', { 'metadata.name': 'web' });
    await form.getByRole('alert').waitFor();
    const row = form.locator('.row', { has: page.getByLabel('metadata.name', { exact: true }) });
    assert.match(await row.textContent(), /already exists/, 'the refusal stands at its field');
    await add(page, 'Service', { 'metadata.name': 'blog', 'spec.selector': 'app=blog' });
    await unfold(page);
    await page.getByLabel('To Service').selectOption({ label: 'blog · TCP 80' });
    await page.getByRole('button', { name: 'Send packet' }).click();
    await page.getByRole('button', { name: 'Last step' }).click();
    const badge = page.locator('article[data-mode="iptables"] [data-outcome]');
    assert.match(await badge.textContent(), /Answered by pod blog-/);

    const yaml = await text(page).inputValue();
    assert.match(yaml, /kind: Deployment[\s\S]*name: blog/);
    await page.reload();
    await page.locator('[data-ready]').waitFor();
    assert.equal(await text(page).inputValue(), yaml, 'a reload brings the same cluster back');
    await change(page, 'Service shop/blog');
    await page.getByRole('button', { name: 'Delete Service shop/blog' }).click();
    await assertWritten(page, 'kubectl delete service/blog -n shop');
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: nodes, clients and endpoints come and go`, async (t) => {
    const page = await open(t, size);
    await add(page, 'Node', {});
    await page.locator('.machines').getByText('node4').waitFor();
    await add(page, 'Client Pod', { 'spec.nodeName': 'node4' });
    const from = page.locator('.send').getByLabel('From');
    await from.locator('option', { hasText: /^client ·/ }).waitFor({ state: 'attached' });
    await add(page, 'Service', { 'metadata.name': 'db', 'spec.selector': '', 'spec.ports[0].port': '5432' });
    await add(page, 'Endpoints', { 'endpoints[*].addresses': '198.51.100.80, 198.51.100.81' });
    await unfold(page);
    await from.selectOption({ label: 'process on node4' });
    await page.getByLabel('To Service').selectOption({ label: 'db · TCP 5432' });
    await page.getByRole('button', { name: 'Send packet' }).click();
    await page.getByRole('button', { name: 'Last step' }).click();
    const badge = page.locator('article[data-mode="nftables"] [data-outcome]');
    assert.equal(await badge.getAttribute('data-outcome'), 'accepted');
    await change(page, 'Node node4');
    await page.getByRole('button', { name: 'Delete Node node4' }).click();
    await assertWritten(page, 'pod-garbage-collector-controller');
    assert.equal(await from.locator('option', { hasText: 'node4' }).count(), 0);
    await undo(page);
    await page.locator('.machines').getByText('node4').waitFor();
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: kube-proxy's mode and scheduler`, async (t) => {
    const page = await open(t, size);
    const form = await change(page, 'kube-proxy');
    await form.getByLabel('ipvs.scheduler').selectOption('lc');
    await assertWritten(page, 'lab configure kube-proxy');
    await form.getByLabel('mode', { exact: true }).selectOption('ipvs');
    assert.match(await text(page).inputValue(), /kind: KubeProxyConfiguration[\s\S]*mode: ipvs/);
    await page.locator('.assumed summary').click();
    assert.match(await page.locator('.assumed').textContent(), /IPVS, as its KubeProxyConfiguration says/);
    assert.deepEqual(page.errors, []);
  });

  test(`${name}: what is typed into the text changes the form, and is never lost`, async (t) => {
    const page = await open(t, size);
    const before = await text(page).inputValue();
    const mine = `# my own remark\n${before.replace('port: 80\n', 'port: 8081\n')}`;
    await text(page).fill(mine);
    await page.getByLabel('One replica more: Deployment shop/web').click();
    assert.equal(await text(page).inputValue(), mine, 'an action leaves the typed text alone');
    await page.getByText('the cluster has changed too').waitFor();
    await page.getByRole('button', { name: 'Show the cluster as it is' }).click();
    assert.match(await text(page).inputValue(), /replicas: 4/);
    await page.getByRole('button', { name: 'Back to my text' }).click();
    assert.equal(await text(page).inputValue(), mine);
    await page.getByRole('button', { name: 'Load', exact: true }).click();
    await page.getByText('This is what the lanes show.').waitFor();
    await page.getByLabel('One replica more: Deployment shop/web').click();
    const after = await text(page).inputValue();
    assert.ok(after.startsWith('# my own remark\n') && after.includes('replicas: 4'), 'the remark stays');
    await undo(page);
    assert.equal(await text(page).inputValue(), mine);
    await undo(page);
    assert.match(await text(page).inputValue(), /replicas: 4/, 'the lab of before is back, with what was done in it');
    assert.deepEqual(page.errors, []);
  });
}
