// Registers <datapath-lab>: Datapath Lab as a figure in any page.
import { DatapathLabElement } from "./element.js";

export * from "./headless.js";
export { DatapathLabElement };

const NAME = "datapath-lab";

// Only the first script of a page can register the element. A copy of the same version changes nothing; of another, one of
// the two would show figures that were written for the other.
if (globalThis.customElements) {
  const registered = customElements.get(NAME);
  if (!registered) customElements.define(NAME, DatapathLabElement);
  else if (registered !== DatapathLabElement) registered.meet?.(DatapathLabElement.version);
}
