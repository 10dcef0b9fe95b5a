import { load, parse } from "datapath-lab";

await load();
document.body.dataset.parsed = parse("kind: [").diagnostics[0].severity;
