// The package in Node.js: everything but the element.
import assert from "node:assert/strict";
import { Lab, cost, load, parse, still, trace, translate, version } from "datapath-lab/headless";

await load();
const text = Lab.example();
const { usable, kind, services, nodes, diagnostics } = parse(text);
const broken = parse("kind: Service\nmetadata: [");
const files = translate(text, { datapath: "nftables", node: "node1", format: "nft file" });
const journeys = trace(text, { packet: { client: "node2", target: "shop/web" }, packets: 2 });
const picture = await still({ datapaths: "iptables ipvs", target: "shop/web", lab: "https://lab.example/" });
const costs = [10, 100].flatMap((services) => cost(services));

for (const wrong of [
  () => trace(text, { packet: { target: "shop/nothing" } }),
  () => trace(text, { datapaths: ["ebpf"] }),
  () => trace(text, { packets: 0 }),
  () => trace(text, { packages: 1 }),
  () => trace("kind: Service", {}),
  () => translate(text, { node: "nowhere" }),
  () => translate(text, { format: "pf" }),
  () => cost(0),
]) {
  assert.throws(wrong, { name: "LabError" });
}
// The element is for pages; its module can be imported all the same, as where pages are rendered beforehand.
await assert.rejects(still({ scenario: "nowhere" }), { name: "LabError" });
await assert.rejects(still({ packet: 1 }), { name: "LabError" });
await assert.rejects(still({ view: "chart" }), { name: "LabError" });
assert.match(await still(), /nftables/);
await import("datapath-lab");

console.log(JSON.stringify({ version, usable, kind, services, nodes, diagnostics, broken, files, journeys, picture, costs }));
