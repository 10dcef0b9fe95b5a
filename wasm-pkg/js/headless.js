export { Lab, cost, parse, still, trace, translate } from "./datapath_wasm.js";
export { load } from "./load.js";
export { version } from "./version.js";
