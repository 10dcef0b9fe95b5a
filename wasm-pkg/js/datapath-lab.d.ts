import type { Diagnostic, FigureState, Journey, PacketOptions } from "./datapath_wasm.js";

export * from "./headless.js";
export type { FigureState } from "./datapath_wasm.js";

export interface DatapathLabEventMap extends HTMLElementEventMap {
  /** The figure is shown and can be used. */
  ready: CustomEvent<FigureState>;
  /** Another step, or another packet of the connection, is shown. */
  step: CustomEvent<FigureState>;
  /** A packet was sent, by the reader or by a script; with its journey in each datapath that is shown. */
  send: CustomEvent<FigureState & { journeys: Journey[] }>;
  /** The figure cannot be shown. What is wrong stands in its place, too. */
  error: CustomEvent<{ message: string; diagnostics: Diagnostic[] }> & ErrorEvent;
}

/**
 * `<datapath-lab>`. Attributes, all optional:
 *
 * - `scenario` (id of a built-in one), `src` (address of a text or saved lab on the same site), `link` (fragment of a link
 *   to the lab), or a `<script type="text/yaml">` or `type="application/json"` (a saved lab) inside
 * - `datapaths`: names with spaces between them
 * - `view`: `full`, `lane`, `trace`, `rules`, `graph` or `chart`
 * - `client`, `target`, `port`, `protocol`: the packet
 * - `step`: a number from 0, or `last`
 * - `controls`: `all`, `steps` or `none`
 * - `theme`: `auto`, `light` or `dark`
 * - `language`: `en` or `zh-CN`; without it, that of the page
 * - `height`: a number of pixels, or a length of CSS
 * - `loading`: `lazy` or `eager`
 * - `lab-url`: address of the lab, for the way there
 *
 * Every method starts the figure if it has not started, and rejects with a `LabError` if it cannot.
 */
export class DatapathLabElement extends HTMLElement {
  static readonly version: string;

  /** Undefined until it has started. */
  readonly state: FigureState | undefined;

  /** Starts it now, wherever it is in the page. Resolves once it is shown. */
  start(): Promise<void>;
  /** Opens a connection and sends its first packet. What is left out is as it was chosen last. */
  send(packet?: PacketOptions): Promise<Journey[]>;
  /** Sends the next packet of the open connection. */
  sendNext(): Promise<Journey[]>;
  step(): Promise<void>;
  back(): Promise<void>;
  /** From 0; the last step where there are fewer. */
  goTo(step: number): Promise<void>;
  /** Steps by itself until the last one. */
  run(): Promise<void>;
  pause(): Promise<void>;
  /** Does something to the cluster, as `kubectl scale deployment/web -n shop --replicas=4`. */
  act(command: string): Promise<void>;
  /** The fragment of a link to the lab, with all that was done and the step; it is the attribute `link`, too. */
  link(): Promise<string>;

  addEventListener<K extends keyof DatapathLabEventMap>(
    type: K,
    listener: (this: DatapathLabElement, event: DatapathLabEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "datapath-lab": DatapathLabElement;
  }
}
