// Node.js does not fetch files.
import { readFile } from "node:fs/promises";
import { load as start } from "./load.js";

export { Lab, cost, parse, still, trace, translate } from "./datapath_wasm.js";
export { version } from "./version.js";

let loading;

export function load(source) {
  loading ??= start(source ?? readFile(new URL("./datapath_wasm_bg.wasm", import.meta.url))).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
