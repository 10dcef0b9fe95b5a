import { Lab, load, trace } from "datapath-lab/headless";

addEventListener("message", async ({ data }: MessageEvent<string>) => {
  await load();
  const journeys = trace(Lab.example(), { packet: { target: data }, datapaths: ["ipvs"] });
  postMessage(journeys.map(({ datapath, outcome }) => `${datapath} ${outcome.ending}`).join());
});
