import type { InitInput } from "./datapath_wasm.js";
import { Lab } from "./datapath_wasm.js";

export { Lab };
export type {
  Client, Command, ControlPath, ControlRound, Cost, Diagnostic, Effort, ExportedFile, Journey, Moment, Outcome, Packet,
  Reason, RulesetLine, RulesetSection, Sync, Target,
} from "./datapath_wasm.js";

/** Loads the WebAssembly once for the whole page. Call it before `new Lab()`; the element calls it by itself. */
export function load(source?: InitInput): Promise<unknown>;

export interface DatapathLabEventMap extends HTMLElementEventMap {
  /** The lab can be used. */
  ready: CustomEvent<void>;
}

/** `<datapath-lab theme="auto|light|dark">`, with the cluster in a `<script type="text/yaml">` inside. */
export class DatapathLabElement extends HTMLElement {
  addEventListener<K extends keyof DatapathLabEventMap>(
    type: K,
    listener: (this: DatapathLabElement, event: DatapathLabEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "datapath-lab": DatapathLabElement;
  }
}
