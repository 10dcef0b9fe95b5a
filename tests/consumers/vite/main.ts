import { type DatapathLabElement, type FigureState, version } from "datapath-lab";
import type { Journey } from "datapath-lab/headless";

// The types: what is right compiles, and what is wrong does not.
const figure: DatapathLabElement | null = document.querySelector("datapath-lab");
figure?.addEventListener("send", (event) => {
  const journeys: Journey[] = event.detail.journeys;
  document.title = `${journeys[0]?.datapath} ${journeys[0]?.outcome.ending}`;
});
figure?.addEventListener("ready", (event) => {
  const state: FigureState = event.detail;
  // @ts-expect-error: a step is a number.
  const step: string = state.step;
  document.body.dataset["ready"] = `${step} of ${state.steps}, ${version}`;
  void figure.send({ target: "shop/cart", port: 80 });
  // @ts-expect-error: there is no such field.
  figure.send({ destination: "shop/cart" }).catch((error: Error) => (document.body.dataset["refused"] = error.message));
});

// The headless API in a worker.
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
worker.onmessage = ({ data }: MessageEvent<string>) => {
  const answer = document.querySelector<HTMLOutputElement>("#answer");
  if (answer) answer.value = data;
};
worker.postMessage("shop/web");
