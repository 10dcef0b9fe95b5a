import { mount, speak, styles, trouble } from "./datapath_wasm.js";
import { load } from "./load.js";
import { version } from "./version.js";

/** Files of messages; English is part of the WebAssembly. */
const LANGUAGES = { "zh-CN": () => new URL("./zh-CN.ftl", import.meta.url) };

/** What makes a figure another one, and what only changes how it looks. */
const CONTENT = [
  "scenario", "src", "link", "datapaths", "view", "client", "target", "port", "protocol", "step", "controls", "lab-url",
];
const LOOKS = ["theme", "language", "height", "loading"];

const INLINE = ["text/yaml", "application/yaml", "application/json"].map((type) => `:scope > script[type="${type}"]`).join();

const sheet = (text) => {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
};

// Constructed sheets are no inline styles, so that a strict Content-Security-Policy lets them pass.
let ownSheet;
const own = () => (ownSheet ??= sheet(`
  :host { display: block; min-height: 3rem; }
  :host([hidden]), slot[hidden] { display: none; }
  .sketch { width: 100%; height: 4.5rem; font-size: 11px; }
  @media print {
    .told { display: none; }
    slot.told-instead { display: contents; }
  }
`));
/** About how high a figure is (px), where its page has not said it, so that little moves when it starts. */
const ROOM = { full: 1530, lane: 1460, trace: 1150, rules: 1080, graph: 1250, chart: 590 };
/** What the choice of a packet takes of it. */
const CHOICE = 400;
let figureSheets;
const ofFigures = () => (figureSheets ??= styles().map(sheet));

/** The language that the figures of this page speak: one for all, since they share their words. */
let spoken;

/** Where the lab is when this package is served as the folder `package` beside it. */
const besideThis = () => {
  const here = new URL(import.meta.url);
  return here.pathname.endsWith("/package/element.js") ? new URL("../", here).href : "";
};

const isCompatible = (one, other) => {
  const [a, b] = [one.split("."), other.split(".")];
  return a[0] === b[0] && (a[0] !== "0" || a[1] === b[1]);
};

/** All that are in a page, for what concerns every one of them. */
const connected = new Set();
/** Another version of this package that the page has loaded too. */
let otherVersion;

/** Where nothing is rendered, there are no elements either. */
const Base = globalThis.HTMLElement ?? class {};

export class DatapathLabElement extends Base {
  static observedAttributes = [...CONTENT, ...LOOKS];
  static version = version;

  /** Called by a later copy of this package. */
  static meet(other) {
    if (isCompatible(version, other)) return;
    otherVersion = other;
    for (const element of connected) element.#restart();
  }

  #view;
  #state;
  #watcher;
  /** What it is shown in; another one for another figure. */
  #place;
  #starting;
  #heightSheet;
  #roomSheet;
  #slot = document.createElement("slot");
  /** Stands here until the figure does, where its author has put nothing inside. */
  #sketch;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).append(this.#slot);
    this.#heightSheet = new CSSStyleSheet();
    this.#roomSheet = new CSSStyleSheet();
    this.shadowRoot.adoptedStyleSheets = [own(), this.#roomSheet, this.#heightSheet];
  }

  connectedCallback() {
    connected.add(this);
    this.#keepRoom();
    this.#outline();
    this.#slot.addEventListener("slotchange", () => this.#outline());
    if (otherVersion || this.getAttribute("loading") === "eager") {
      this.#begin();
      return;
    }
    // Starts when it comes into sight, so that a page with many figures opens quickly.
    this.#watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#begin();
    }, { rootMargin: "200px" });
    this.#watcher.observe(this);
  }

  disconnectedCallback() {
    connected.delete(this);
    this.#stop();
  }

  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    if (name === "height") this.#setHeight(after);
    else if (name === "theme") this.#view?.setTheme(after ?? "auto");
    else if (name === "loading") after === "eager" && this.isConnected && this.#begin();
    else if (name === "language") this.#starting && this.#speak(true).catch((error) => this.#tell(error));
    else this.#restart();
  }

  /** Where it is; undefined until it has started. */
  get state() {
    return this.#state;
  }

  /** Starts it now, wherever it is in the page. Resolves once it is shown. */
  start() {
    if (!this.isConnected) return Promise.reject(new Error("this figure is in no page"));
    this.#begin();
    return this.#starting;
  }

  async send(packet) {
    const view = await this.#started();
    view.send(packet);
    return view.journeys();
  }

  async sendNext() {
    const view = await this.#started();
    view.sendNext();
    return view.journeys();
  }

  async step() {
    (await this.#started()).step();
  }

  async back() {
    (await this.#started()).back();
  }

  async goTo(step) {
    if (!Number.isInteger(step) || step < 0) throw new RangeError(`step ${step}: expected a whole number from 0`);
    (await this.#started()).goTo(step);
  }

  async run() {
    (await this.#started()).play(true);
  }

  async pause() {
    (await this.#started()).play(false);
  }

  async act(command) {
    (await this.#started()).act(command);
  }

  async link() {
    return (await this.#started()).link();
  }

  async #started() {
    await this.start();
    if (!this.#view) throw new Error("this figure could not start");
    return this.#view;
  }

  #begin() {
    this.#watcher?.disconnect();
    if (this.#starting) return;
    const starting = this.#show();
    this.#starting = starting;
    // Who waits for it hears of it, and nobody else.
    starting.catch(() => {});
  }

  #stop() {
    this.#watcher?.disconnect();
    this.#view?.unmount();
    this.#view = this.#state = this.#starting = this.#place = undefined;
    this.shadowRoot.replaceChildren(this.#slot);
    this.#slot.hidden = false;
    this.#keepRoom();
    this.#outline();
  }

  #keepRoom() {
    const view = this.getAttribute("view");
    const asked = this.getAttribute("controls");
    const isWithoutChoice = view !== "chart" && (asked === "steps" || asked === "none");
    const room = (ROOM[view] ?? ROOM.full) - (isWithoutChoice ? CHOICE : 0);
    this.#roomSheet.replaceSync(`@media screen { :host { min-height: ${room}px; } }`);
  }

  /** What its author has put inside, or a sketch, as long as it has not started. */
  async #outline() {
    await parsed();
    if (this.#place || this.#hasFallback()) {
      this.#sketch?.remove();
    } else if (this.isConnected) {
      this.#sketch ??= sketch(this.getAttribute("datapaths") ?? "");
      this.shadowRoot.append(this.#sketch);
    }
  }

  /** Attributes that change together make one new figure. */
  #restart() {
    if (!this.#starting || !this.isConnected) return;
    const before = this.#starting;
    queueMicrotask(() => {
      if (this.#starting !== before || !this.isConnected) return;
      this.#stop();
      this.#begin();
    });
  }

  async #show() {
    const place = document.createElement("div");
    this.#place = place;
    try {
      await load();
      await this.#speak(false);
      await parsed();
      // It may have been taken away, or become another figure, in the meantime.
      if (this.#place !== place) return;
      this.shadowRoot.adoptedStyleSheets = [...ofFigures(), own(), this.#roomSheet, this.#heightSheet];
      this.shadowRoot.replaceChildren(place, this.#slot);
      await this.#open(place);
    } catch (thrown) {
      if (this.#place !== place) return;
      this.#roomSheet.replaceSync("");
      const error = thrown.name === "LabError" ? thrown : this.#sayPlainly(thrown, place);
      this.#hideFallback(place);
      this.#tell(error);
      throw error;
    }
  }

  async #open(place) {
    if (otherVersion) throw trouble(place, "versions", version, otherVersion);
    const options = { text: await this.#text(place) };
    for (const name of CONTENT) {
      if (name !== "src" && name !== "lab-url") options[name] = this.getAttribute(name) ?? "";
    }
    const lab = this.getAttribute("lab-url");
    options.lab = lab === null ? besideThis() : new URL(lab, document.baseURI).href;
    let shown;
    const isShown = new Promise((resolve) => (shown = resolve));
    const view = await mount(place, options, (state) => {
      shown();
      if (this.#place === place) this.#hear(state);
    });
    await isShown;
    if (this.#place !== place) return view.unmount();
    this.#view = view;
    view.setTheme(this.getAttribute("theme") ?? "auto");
    this.#state = view.state();
    this.#roomSheet.replaceSync("");
    this.#hideFallback(place);
    this.dispatchEvent(new CustomEvent("ready", { detail: this.#state }));
  }

  #hear(state) {
    const before = this.#state;
    if (!before) return;
    this.#state = state;
    if (state.sent > before.sent) {
      this.dispatchEvent(new CustomEvent("send", { detail: { ...state, journeys: this.#view.journeys() } }));
    }
    if (state.step !== before.step || state.packet !== before.packet) {
      this.dispatchEvent(new CustomEvent("step", { detail: state }));
    }
  }

  /** What is inside goes before what is elsewhere. */
  async #text(place) {
    const inline = this.querySelector(INLINE)?.textContent;
    const src = this.getAttribute("src");
    if (inline?.trim() || !src) return inline ?? "";
    const address = new URL(src, document.baseURI);
    if (address.origin !== location.origin) throw trouble(place, "foreign", address.origin, "");
    let response;
    try {
      response = await fetch(address);
    } catch (error) {
      throw trouble(place, "unreachable", address.pathname, error.message);
    }
    if (!response.ok) throw trouble(place, "unreachable", address.pathname, `HTTP ${response.status}`);
    return response.text();
  }

  /** The language of the first figure is that of all, until an attribute changes. */
  async #speak(anew) {
    const tag = this.getAttribute("language") ?? this.closest("[lang]")?.getAttribute("lang") ?? "en";
    const language = Object.keys(LANGUAGES).find((known) => tag === known || tag.split("-")[0] === known.split("-")[0]);
    const wanted = language ?? "en";
    if (spoken === wanted || (spoken && !anew)) return;
    spoken = wanted;
    const file = language && (await fetch(LANGUAGES[language]()));
    speak(wanted, file?.ok ? await file.text() : undefined);
    for (const element of connected) element.#view?.respeak();
  }

  #setHeight(height) {
    const length = /^\d+$/.test(height ?? "") ? `${height}px` : height;
    const isLength = length && CSS.supports("height", length);
    this.#heightSheet.replaceSync(isLength ? `:host { height: ${length}; min-height: 0; overflow: auto; }` : "");
  }

  /** The text inside is what is printed, and what is shown until the figure is. */
  #hideFallback(place) {
    const hasFallback = this.#hasFallback();
    place.className = hasFallback ? "told" : "";
    this.#slot.className = hasFallback ? "told-instead" : "";
    this.#slot.hidden = true;
  }

  #hasFallback() {
    return this.#slot.assignedNodes().some((node) =>
      node.nodeType === Node.ELEMENT_NODE ? !node.matches("script, style, template") : node.textContent.trim() !== "",
    );
  }

  /** Where there are no words of the lab, since it could not even load. */
  #sayPlainly(cause, place) {
    const isForbidden = cause instanceof WebAssembly.CompileError && /Content.Security.Policy|unsafe-eval/i.test(cause.message);
    const why = isForbidden
      ? "the Content-Security-Policy of this page forbids WebAssembly; its script-src must have 'wasm-unsafe-eval'"
      : cause.message ?? cause;
    const said = document.createElement("p");
    said.setAttribute("role", "alert");
    said.textContent = `This figure of Datapath Lab could not start: ${why}`;
    place.replaceChildren(said);
    this.shadowRoot.replaceChildren(place, this.#slot);
    return new Error(said.textContent, { cause });
  }

  #tell(error) {
    const detail = { message: error.message ?? String(error), diagnostics: error.diagnostics ?? [] };
    this.dispatchEvent(new CustomEvent("error", { detail }));
  }
}

const HOOKS = { PREROUTING: 115, INPUT: 190, FORWARD: 255, OUTPUT: 320, POSTROUTING: 398 };
const FORWARDED = ["PREROUTING", "FORWARD", "POSTROUTING"];
/** The hooks by which a packet from a Pod to a Service comes on the node of its client. */
const DATAPATHS = {
  iptables: { name: "iptables", hooks: FORWARDED },
  nftables: { name: "nftables", hooks: FORWARDED },
  ipvs: { name: "IPVS", hooks: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"] },
};

/** A line for each datapath that is named, or for all. */
function sketch(named) {
  const wanted = Object.keys(DATAPATHS).filter((name) => named.includes(name));
  const datapaths = (wanted.length ? wanted : Object.keys(DATAPATHS)).map((name) => DATAPATHS[name]);
  const svg = (tag, attributes, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  };
  const picture = svg("svg", {
    class: "sketch", viewBox: "0 0 442 72", preserveAspectRatio: "xMinYMid meet", fill: "currentColor",
    role: "img", "aria-label": `Datapath Lab: ${datapaths.map(({ name }) => name).join(", ")}`,
  });
  for (const [hook, x] of Object.entries(HOOKS)) picture.append(svg("text", { x, y: 12, "text-anchor": "middle" }, hook));
  for (const [row, { name, hooks }] of datapaths.entries()) {
    const y = 30 + row * 18;
    picture.append(svg("text", { x: 0, y: y + 4 }, name));
    picture.append(svg("path", { d: `M64 ${y}h376`, stroke: "currentColor", "stroke-opacity": ".5" }));
    for (const hook of hooks) picture.append(svg("circle", { cx: HOOKS[hook], cy: y, r: 4 }));
  }
  return picture;
}

/** What is inside an element is there once the page was read. */
function parsed() {
  if (document.readyState !== "loading") return undefined;
  return new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
}
