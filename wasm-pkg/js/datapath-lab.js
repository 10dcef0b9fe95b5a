// Registers <datapath-lab>: Datapath Lab as a figure in any page.
//
// Attributes:  theme="auto|light|dark"
// Content:     a <script type="text/yaml"> inside holds the cluster; without one the built-in web shop is shown.
//              Everything else inside stays visible until the lab has started, and where it cannot.
// Events:      "ready" when the lab can be used; "error" (detail: Error) when it cannot be.
import init, { Lab, mount, styles } from "./datapath_wasm.js";

export { Lab };

let loading;

/** Loads the WebAssembly once for the whole page. Called by the element; call it before `new Lab()`. */
export function load(source = new URL("./datapath_wasm_bg.wasm", import.meta.url)) {
  loading ??= init({ module_or_path: source });
  return loading;
}

let shared;

/** The style sheets of all figures of the page. */
function sheets() {
  shared ??= styles().map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  return shared;
}

export class DatapathLabElement extends HTMLElement {
  #view;
  #watcher;

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: "open" }).append(document.createElement("slot"));
    }
    // Starts when it comes into sight, so that a page with many figures opens quickly.
    this.#watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        this.#watcher.disconnect();
        this.#start();
      }
    }, { rootMargin: "200px" });
    this.#watcher.observe(this);
  }

  disconnectedCallback() {
    this.#watcher?.disconnect();
    this.#view?.unmount();
    this.#view = undefined;
  }

  get #cluster() {
    return this.querySelector('script[type="text/yaml"]')?.textContent;
  }

  async #start() {
    try {
      await load();
      if (!this.isConnected || this.#view) return;
      const root = document.createElement("div");
      // Constructed sheets need no inline style, so that a strict Content-Security-Policy lets them pass.
      this.shadowRoot.adoptedStyleSheets = sheets();
      this.shadowRoot.replaceChildren(root);
      this.#view = mount(root, this.#cluster);
      this.dispatchEvent(new CustomEvent("ready"));
    } catch (error) {
      const message = document.createElement("p");
      message.setAttribute("role", "alert");
      message.textContent = `Datapath Lab could not start: ${error.message ?? error}`;
      this.shadowRoot.replaceChildren(message, document.createElement("slot"));
      this.dispatchEvent(new CustomEvent("error", { detail: error }));
    }
  }
}

// A second copy of this script, or another element of that name, leaves the first one as it is.
if (!customElements.get("datapath-lab")) {
  customElements.define("datapath-lab", DatapathLabElement);
}
