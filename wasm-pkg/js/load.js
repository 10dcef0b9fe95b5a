import init from "./datapath_wasm.js";

let loading;

/** Starts the WebAssembly, once for everything that imports this package. What failed can be tried again. */
export function load(source = new URL("./datapath_wasm_bg.wasm", import.meta.url)) {
  loading ??= Promise.resolve(source)
    .then((module_or_path) => init({ module_or_path }))
    .then(() => {})
    .catch((error) => {
      loading = undefined;
      throw error;
    });
  return loading;
}
