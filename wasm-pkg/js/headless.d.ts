import type { InitInput } from "./datapath_wasm.js";

export { Lab, cost, parse, still, trace, translate } from "./datapath_wasm.js";
export type {
  Client, Command, ControlPath, ControlRound, Cost, CostPoint, Diagnostic, Effort, ExportedFile, FigureOptions, Journey, LabError, Moment,
  Outcome, Packet, PacketOptions, Parsed, Reason, RulesetLine, RulesetSection, Sync, Target, TraceOptions,
  TranslateOptions, Translation,
} from "./datapath_wasm.js";

/**
 * Starts the WebAssembly, once for everything that imports this package. Await it before anything else is called.
 *
 * @param source Where it is, if not beside this module: an address, a `Response`, the bytes, or a compiled module.
 * @throws What the browser says, where it cannot be had or may not run. It can be tried again.
 */
export function load(source?: InitInput | Promise<InitInput>): Promise<void>;

/** Of this package, as in `package.json`. */
export const version: string;
