// The live page. It shows what the endpoint has evaluated, and loads nothing from anywhere else.
"use strict";

const $ = (id) => document.getElementById(id);

/** Creates an element. Texts are only ever texts, never markup. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const stored = {
  get(key) { try { return localStorage.getItem("tallymark." + key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem("tallymark." + key, value); } catch { /* A private window forgets. */ } },
};

// Texts of numbers.

const SI = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
const BINARY = [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]];

/** Three significant digits, without zeros at the end. */
function digits(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size < 1e-4) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

function scaled(value, scales, base) {
  for (const [size, name] of scales) if (Math.abs(value) >= size) return digits(value / size) + " " + name;
  return digits(value) + (base ? " " + base : "");
}

function seconds(value) {
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 1e-6) return digits(value * 1e9) + " ns";
  if (size < 1e-3) return digits(value * 1e6) + " µs";
  if (size < 1) return digits(value * 1e3) + " ms";
  if (size < 120) return digits(value) + " s";
  if (size < 7200) return digits(value / 60) + " min";
  if (size < 172800) return digits(value / 3600) + " h";
  return digits(value / 86400) + " d";
}

function ago(milliseconds) {
  const past = (Date.now() - milliseconds) / 1000;
  return past >= 0 ? seconds(Math.round(past)) + " ago" : "in " + seconds(Math.round(-past));
}

/** The text of a value in the unit of its panel. */
function show(value, unit) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  switch (unit) {
    case "seconds": return seconds(value);
    case "bytes": return scaled(value, BINARY, "B");
    case "bytes/s": return scaled(value, BINARY, "B") + "/s";
    case "ratio": return digits(value * 100) + " %";
    case "timestamp": return ago(value);
    case "flag": return value ? "yes" : "no";
    case "": return scaled(value, SI, "").trim();
    case "/s": case "req/s": return scaled(value, SI, "").trim() + (unit === "/s" ? "/s" : " req/s");
    default: return scaled(value, SI, "").trim() + " " + unit;
  }
}

const clock = (time, precise) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: precise ? "2-digit" : undefined, hour12: false });
const minutes = (value) => value % 60 ? value + " s" : value / 60 + " min";
const promTime = (value) => value % 60 ? value + "s" : value / 60 + "m";

// What is chosen, and what was loaded.

const WINDOWS = [30, 60, 120, 300];
const REPORTS = { search: "All metrics", exemplars: "Exemplars", cardinality: "Cardinality", doctor: "Doctor" };
const THEMES = ["auto", "light", "dark"];

const state = {
  contents: null,
  board: null,
  section: null,
  before: "overview",
  range: Number(stored.get("range")) || 900,
  window: WINDOWS.includes(Number(stored.get("window"))) ? Number(stored.get("window")) : 60,
  theme: THEMES.includes(stored.get("theme")) ? stored.get("theme") : "auto",
  paused: false,
  cursor: null,
  failures: 0,
};

/** The panels that are on the page, with what draws them. */
let views = [];
let colours = {};

// Loading.

let timer = 0;
let loading = null;

function status(kind, text) {
  const line = $("status");
  if (line.className !== kind) line.className = kind;
  if (line.textContent !== text) line.textContent = text;
}

async function fetchJson(path, signal) {
  const response = await fetch("live/" + path, { signal, cache: "no-store" });
  if (!response.ok) throw Object.assign(new Error((await response.text()).trim() || response.statusText), { status: response.status });
  return response.json();
}

function again(milliseconds) {
  clearTimeout(timer);
  if (!state.paused && !document.hidden) timer = setTimeout(load, milliseconds);
}

/** Loads what the section shows, now and every few seconds. */
async function load() {
  clearTimeout(timer);
  loading?.abort();
  const turn = (loading = new AbortController());
  try {
    if (!state.contents) {
      contents(await fetchJson("contents", turn.signal));
      const known = state.contents.boards.some(({ slug }) => slug === state.section);
      // A program without any layer has no overview.
      if (!location.hash && !known) state.section = state.contents.boards[0]?.slug ?? "search";
      current();
    }
    const fresh = await refresh(turn.signal);
    if (turn.signal.aborted) return;
    state.failures = 0;
    const newest = state.board?.times.at(-1);
    if (!state.paused) status("live", newest ? "live · " + clock(newest, true) : "live");
    const interval = state.contents.interval * 1000;
    // Soon after the next sample: one that is not there yet is asked for again in a moment.
    again(fresh ? interval : Math.max(interval / 8, 100));
  } catch (error) {
    if (turn.signal.aborted) return;
    state.failures += 1;
    status("lost", error.status ? error.message : "no connection, trying again");
    again(Math.min(1000 * 2 ** state.failures, 15000));
  }
}

async function refresh(signal) {
  const { section, window } = state;
  if (section in REPORTS) {
    await report(section, signal);
    return true;
  }
  const known = state.board?.slug === section && state.board.window === window ? state.board : null;
  const query = new URLSearchParams({ slug: section, window });
  if (known) {
    query.set("version", known.version);
    query.set("since", known.times.at(-1) ?? 0);
  }
  const data = await fetchJson("board?" + query, signal);
  if (signal.aborted) return true;
  $("foot").textContent = `${show(data.bytes, "bytes")} of ${show(data.max_bytes, "bytes")} in use for samples and sections · a sample every ${seconds(state.contents.interval)}`;
  let fresh = true;
  if (data.rows) {
    fresh = data.times.at(-1) !== known?.times.at(-1);
    board(data);
  } else {
    fresh = data.time > (known.times.at(-1) ?? 0);
    if (fresh) append(known, data);
  }
  if (data.contents !== state.contents.version) contents(await fetchJson("contents", signal));
  return fresh;
}

function append(known, data) {
  known.times.push(data.time);
  known.flat.forEach((panel, at) => panel.lines.forEach((line, place) => line.values.push(data.panels[at][place] ?? null)));
  let old = 0;
  while (known.times[old] < data.oldest) old += 1;
  if (old) {
    known.times.splice(0, old);
    for (const panel of known.flat) for (const line of panel.lines) line.values.splice(0, old);
  }
  draw();
}

// Sections.

function contents(data) {
  state.contents = data;
  document.title = data.program + " – live metrics";
  $("program").textContent = data.program;
  if (!$("range").options.length) {
    const ranges = [60, 300, 900].filter((range) => range < data.history);
    ranges.push(data.history);
    if (!ranges.includes(state.range)) state.range = data.history;
    for (const range of ranges) $("range").append(h("option", { value: range, selected: range === state.range }, minutes(range)));
    for (const window of WINDOWS) $("window").append(h("option", { value: window, selected: window === state.window }, minutes(window)));
  }
  const items = data.boards.map(({ slug, title }) => [slug, title]).concat(Object.entries(REPORTS));
  $("nav").replaceChildren(h("ul", {}, items.map(([slug, title]) => h("li", { class: slug === "search" ? "gap" : null }, h("a", { href: "#" + slug }, title)))));
  current();
}

function current() {
  for (const link of $("nav").querySelectorAll("a")) {
    const here = link.hash === "#" + state.section || (link.hash === "#search" && state.section.startsWith("metric:"));
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (here && document.activeElement !== $("search")) link.scrollIntoView({ block: "nearest", inline: "center" });
  }
}

function open() {
  const section = decodeURIComponent(location.hash.slice(1)) || state.contents?.boards[0]?.slug || "overview";
  if (section === state.section) return;
  if (!(state.section in REPORTS)) state.before = state.section ?? section;
  state.section = section;
  state.board = null;
  state.cursor = null;
  views = [];
  $("main").replaceChildren(h("p", { class: "empty" }, "Loading."));
  current();
  scrollTo(0, 0);
  if (state.paused) pause(false);
  else load();
}

/** Shows a section anew. The place in the page and the focus stay where they are. */
function board(data) {
  const focus = views.findIndex((view) => view.element.contains(document.activeElement));
  data.flat = data.rows.flatMap((row) => row.panels);
  const isolated = new Map(views.map((view) => [view.panel.title, view.only]));
  state.board = data;
  views = [];
  const metric = data.slug.startsWith("metric:") && state.contents.metrics.find((it) => "metric:" + it.name === data.slug);
  const rows = data.rows.map((row) =>
    h("section", { class: "row", "aria-label": row.title || null }, row.title ? h("h3", {}, row.title) : null,
      h("div", { class: "panels" }, row.panels.map((panel) => view(panel, isolated.get(panel.title))))));
  const head = metric ? about(metric) : h("h2", {}, data.title);
  $("main").replaceChildren(head, ...(rows.length ? rows : [h("p", { class: "empty" }, "Nothing to see yet.")]));
  if (focus >= 0) views[focus]?.element.focus({ preventScroll: true });
  draw();
}

/** What is known of a metric. */
function about(metric) {
  const facts = [["Kind", metric.kind], ["Unit", metric.unit], ["Labels", metric.labels.join(", ") || "none"], ["Declared", metric.place ?? "by a collector"], ["Package", metric.package], ["Series", String(metric.series)]];
  return h("div", {},
    h("h2", { class: "mono" }, metric.name),
    h("p", {}, metric.help),
    h("div", { class: "scroll" }, h("table", {}, h("tbody", {}, facts.filter(([, value]) => value).map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value)))))));
}

// Panels.

const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
const look = (at) => ({ colour: at % 8, dash: DASHES[(at + Math.floor(at / 8)) % 4] });

function swatch(at) {
  const { colour, dash } = look(at);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [["width", 22], ["height", 8], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  for (const [name, value] of [["x1", 0], ["x2", 22], ["y1", 4], ["y2", 4], ["stroke", `var(--c${colour})`], ["stroke-width", 2.5], ["stroke-dasharray", dash.join(" ")]]) line.setAttribute(name, value);
  svg.append(line);
  return svg;
}

const KIND = { lines: lines, stacked: stacked, stat: spark, gauge: meter, heatmap: heatmap, states: states };

function copyButton(text) {
  return h("button", { type: "button", onclick: () => copy(typeof text === "function" ? text() : text) }, "Copy");
}

function toast(text) {
  document.querySelector(".toast")?.remove();
  const element = h("p", { class: "toast", role: "status" }, text);
  document.body.append(element);
  setTimeout(() => element.remove(), 2500);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied: " + text);
  } catch {
    // Without TLS, a page of another machine has no clipboard.
    const area = h("textarea", { readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    toast(done ? "Copied: " + text : text);
  }
}

const inWindow = (query) => query.replaceAll("$window", promTime(state.window));

function queries(list) {
  return list.map((query) => h("div", { class: "query" }, h("code", {}, inWindow(query)), copyButton(() => inWindow(query))));
}

/** Creates the element of a panel, and what keeps it up to date. */
function view(panel, only) {
  const canvas = KIND[panel.kind] && panel.lines.length ? h("canvas", { role: "img", "aria-label": panel.title }) : null;
  // It fills what the panel has room for. Buckets and states need a row each.
  const chart = canvas && h("div", { class: "chart" }, canvas);
  if (chart && panel.kind === "heatmap") chart.style.minHeight = Math.max(152, panel.lines.length * 13 + 24) + "px";
  if (chart && panel.kind === "states") chart.style.minHeight = Math.max(64, panel.lines.length * 24 + 24) + "px";
  const level = h("span", { class: "level", hidden: true });
  const legend = h("div", { class: panel.kind === "stat" || panel.kind === "gauge" ? "big" : "legend" });
  const element = h("article", { class: "panel " + panel.kind, tabindex: 0, "aria-label": panel.title },
    h("h4", {}, h("span", { title: panel.title }, panel.title), level, h("span", { class: "unit" }, panel.unit === "timestamp" || panel.unit === "flag" ? "" : panel.unit)),
    panel.lines.length ? null : h("p", { class: "none" }, "No samples yet."),
    panel.kind === "stat" || panel.kind === "gauge" ? [legend, chart] : [chart, legend],
    panel.hidden ? h("p", { class: "about" }, `and ${panel.hidden} more with smaller values`) : null,
    h("details", {}, h("summary", {}, "PromQL"), panel.description ? h("p", {}, panel.description) : null, queries(panel.queries),
      h("p", {}, "Metrics: ", panel.metrics.map((name, at) => [at ? ", " : "", h("a", { href: "#metric:" + encodeURIComponent(name) }, name)]))));
  const self = { panel, element, canvas, legend, level, only: only ?? null, entries: [], visible: true };
  entries(self);
  element.addEventListener("keydown", (event) => step(event, self));
  if (canvas) {
    canvas.addEventListener("pointermove", (event) => point(event, self));
    canvas.addEventListener("pointerleave", () => cursor(null));
    seen.observe(canvas);
  }
  views.push(self);
  return element;
}

/** Creates the entries of the legend, which choose one line and show its values. */
function entries(self) {
  const { panel, legend } = self;
  if (panel.kind === "table") {
    const names = [...new Set(panel.lines.flatMap((line) => Object.keys(line.labels)))];
    const values = panel.lines.map(() => h("td", { class: "n" }));
    legend.className = "scroll";
    legend.append(h("table", {}, h("thead", {}, h("tr", {}, names.map((name) => h("th", {}, name)), h("th", { class: "n" }, "value"))),
      h("tbody", {}, panel.lines.map((line, at) => h("tr", {}, names.map((name) => h("td", {}, line.labels[name] ?? "")), values[at])))));
    self.entries = values;
    return;
  }
  if (panel.kind === "stat" || panel.kind === "gauge") {
    self.entries = panel.lines.map((line) => {
      const value = h("span", { class: "value" });
      legend.append(h("div", {}, value, panel.lines.length > 1 || line.name !== "value" ? h("span", { class: "what" }, line.name) : null));
      return value;
    });
    return;
  }
  if (panel.kind === "heatmap" || panel.kind === "states") {
    const value = h("span", { class: "one", "aria-live": "polite" });
    legend.append(value);
    self.entries = [value];
    return;
  }
  self.entries = panel.lines.map((line, at) => {
    const value = h("span", { class: "value" });
    const button = h("button", { type: "button", title: line.name, "aria-pressed": "false", onclick: () => { self.only = self.only === line.name ? null : line.name; draw(); } },
      swatch(at), h("span", { class: "what" }, line.name), value);
    legend.append(button);
    return value;
  });
}

const seen = new IntersectionObserver((changes) => {
  for (const change of changes) {
    const self = views.find((view) => view.canvas === change.target);
    if (!self) continue;
    self.visible = change.isIntersecting;
    if (self.visible) paint(self);
  }
}, { rootMargin: "200px" });

// The moment that is looked at.

function cursor(time) {
  if (state.cursor === time) return;
  state.cursor = time;
  requestAnimationFrame(draw);
}

function span() {
  const { times } = state.board;
  const end = times.at(-1) ?? Date.now();
  const start = Math.max(end - state.range * 1000, Math.min(times[0] ?? end, end - 60000));
  return { start, end, first: Math.max(0, times.findIndex((time) => time >= start)) };
}

/** The place of the moment that is looked at: that of the cursor, or the newest one. */
function place() {
  const { times } = state.board;
  if (state.cursor === null) return times.length - 1;
  let best = times.length - 1;
  times.forEach((time, at) => { if (Math.abs(time - state.cursor) < Math.abs(times[best] - state.cursor)) best = at; });
  return best;
}

function point(event, self) {
  const box = self.canvas.getBoundingClientRect();
  const { start, end } = span();
  const { left, right } = self.frame ?? { left: 0, right: box.width };
  const part = (event.clientX - box.left - left) / Math.max(1, right - left);
  cursor(part < 0 || part > 1 ? null : start + part * (end - start));
}

function step(event, self) {
  if (event.target !== self.element || !state.board) return;
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const { times } = state.board;
  const next = Math.max(span().first, place() + by);
  cursor(next >= times.length - 1 ? null : times[next]);
}

// Drawing.

function draw() {
  if (!state.board) return;
  const at = place();
  for (const self of views) {
    values(self, at);
    if (self.visible) paint(self);
  }
}

function levelOf(panel, value) {
  if (value === null || value === undefined) return "good";
  let level = "good";
  for (const threshold of panel.thresholds) if (threshold.from === null || value >= threshold.from) level = threshold.level;
  return level;
}

/** Writes the values of the moment. */
function values(self, at) {
  const { panel } = self;
  let worst = "good";
  const shown = panel.lines.map((line) => line.values[at] ?? null);
  for (const value of shown) {
    const level = levelOf(panel, value);
    if (level === "critical" || (level === "warning" && worst === "good")) worst = level;
  }
  self.level.hidden = worst === "good";
  self.level.className = "level " + worst;
  self.level.textContent = worst;
  if (panel.kind === "heatmap") {
    const buckets = perBucket(panel, at);
    const total = buckets.reduce((sum, count) => sum + count, 0);
    const most = buckets.indexOf(Math.max(...buckets));
    self.entries[0].textContent = panel.lines.length
      ? `${clock(state.board.times[at], true)}: ${digits(total)} in the last ${minutes(state.window)}` + (total ? `, most of them ${edges(panel, most)}` : "")
      : "";
    return;
  }
  if (panel.kind === "states") {
    const on = panel.lines.filter((_, place) => shown[place] >= 1).map((line) => line.name);
    self.entries[0].textContent = on.length ? "now: " + on.join(", ") : "";
    return;
  }
  self.entries.forEach((entry, place) => {
    const text = show(shown[place], panel.unit);
    if (entry.textContent !== text) entry.textContent = text;
    const button = entry.parentElement;
    if (button.tagName === "BUTTON") {
      const name = panel.lines[place].name;
      button.classList.toggle("off", self.only !== null && self.only !== name);
      button.setAttribute("aria-pressed", String(self.only === name));
    }
  });
}

function paint(self) {
  const { canvas, panel } = self;
  if (!canvas?.isConnected || !state.board.times.length) return;
  const scale = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "11px system-ui, sans-serif";
  KIND[panel.kind](context, self, width, height);
}

/** A step for about so many ticks up to a value: 1, 2 or 5 times a power of ten, or of two for bytes. */
function tickStep(most, count, unit) {
  const rough = most / count;
  if (unit.startsWith("bytes") && rough >= 1) {
    const power = 1024 ** Math.floor(Math.log(rough) / Math.log(1024));
    return power * 2 ** Math.ceil(Math.log2(rough / power));
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

function timeAxis(context, frame, start, end) {
  const { left, right, bottom } = frame;
  const width = right - left;
  const step = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400].find((step) => (end - start) / 1000 / step <= width / 62) ?? 28800;
  context.fillStyle = colours.quiet;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (let time = Math.ceil(start / 1000 / step) * step * 1000; time <= end; time += step * 1000) {
    const x = left + ((time - start) / (end - start)) * width;
    context.fillRect(x, bottom, 1, 3);
    if (x > left + 16 && x < right - 14) context.fillText(clock(time, step < 60), x, bottom + 14);
  }
}

/** Draws the axes, and returns the functions from moments and values to pixels. */
function axes(context, self, width, height, low, high) {
  const { unit } = self.panel;
  if (!(high > low)) high = low + (low === 0 ? 1 : Math.abs(low));
  const step = tickStep(high - low, 3, unit);
  low = Math.floor(low / step + 1e-9) * step;
  high = Math.ceil(high / step - 1e-9) * step;
  const ticks = [];
  for (let at = 0; low + at * step <= high + step / 2; at += 1) ticks.push(low + at * step);
  const texts = ticks.map((tick) => show(Math.abs(tick) < step / 1e6 ? 0 : tick, unit.includes("/s") && !unit.startsWith("bytes") ? "" : unit));
  const left = Math.ceil(Math.max(...texts.map((text) => context.measureText(text).width))) + 8;
  const frame = (self.frame = { left, right: width - 6, top: 7, bottom: height - 18 });
  const { start, end } = span();
  const y = (value) => frame.bottom - ((value - low) / (high - low)) * (frame.bottom - frame.top);
  const x = (time) => frame.left + ((time - start) / Math.max(1, end - start)) * (frame.right - frame.left);
  context.textAlign = "right";
  context.textBaseline = "middle";
  ticks.forEach((tick, at) => {
    context.fillStyle = colours.grid;
    context.fillRect(frame.left, Math.round(y(tick)), frame.right - frame.left, 1);
    context.fillStyle = colours.quiet;
    context.fillText(texts[at], left - 6, y(tick));
  });
  timeAxis(context, frame, start, end);
  return { x, y, frame, low, high };
}

function crosshair(context, frame, x) {
  if (state.cursor === null) return;
  const at = x(state.board.times[place()]);
  context.fillStyle = colours.quiet;
  context.fillRect(Math.round(at), frame.top, 1, frame.bottom - frame.top);
  context.textBaseline = "top";
  const text = clock(state.board.times[place()], true);
  const right = at + 4 + context.measureText(text).width > frame.right;
  context.textAlign = right ? "right" : "left";
  context.fillText(text, right ? at - 4 : at + 4, frame.top);
}

function extent(list, first) {
  let low = 0;
  let high = 0;
  for (const line of list) for (let at = first; at < line.length; at += 1) {
    const value = line[at];
    if (value === null || value === undefined) continue;
    if (value > high) high = value;
    if (value < low) low = value;
  }
  return [low, high];
}

/** Adds a line to the path; what has no value is a gap, and a value alone is a dot. */
function trace(context, line, first, x, y) {
  const { times } = state.board;
  let pen = false;
  context.beginPath();
  for (let at = first; at < times.length; at += 1) {
    const value = line[at];
    if (value === null || value === undefined) { pen = false; continue; }
    if (pen) context.lineTo(x(times[at]), y(value));
    else {
      context.moveTo(x(times[at]), y(value));
      context.lineTo(x(times[at]) + 0.5, y(value));
    }
    pen = true;
  }
}

function stroke(context, at, wide) {
  const { colour, dash } = look(at);
  context.strokeStyle = colours.lines[colour];
  context.lineWidth = wide ? 2.5 : 1.75;
  context.lineJoin = "round";
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
}

function dots(context, list, x, y) {
  if (state.cursor === null) return;
  const at = place();
  list.forEach(({ line, number }) => {
    const value = line[at];
    if (value === null || value === undefined) return;
    context.fillStyle = colours.lines[look(number).colour];
    context.beginPath();
    context.arc(x(state.board.times[at]), y(value), 3.2, 0, 7);
    context.fill();
  });
}

function lines(context, self, width, height) {
  const { panel, only } = self;
  const { first } = span();
  const chosen = panel.lines.map((line, number) => ({ line: line.values, number, name: line.name })).filter((line) => only === null || line.name === only);
  const [low, high] = extent(chosen.map(({ line }) => line), first);
  const limits = panel.thresholds.filter(({ from, level }) => from > 0 && level !== "good").map(({ from }) => from);
  // While nothing has happened, the limits show what would be much.
  const { x, y, frame, high: top } = axes(context, self, width, height, low, high > 0 || !limits.length ? high : Math.max(...limits) * 1.5);
  let above = Infinity;
  for (const { from, level } of panel.thresholds) {
    if (from === null || from > top || from <= 0 || level === "good") continue;
    context.fillStyle = context.strokeStyle = colours[level];
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(frame.left, y(from));
    context.lineTo(frame.right, y(from));
    context.stroke();
    context.setLineDash([]);
    context.textAlign = "right";
    context.textBaseline = "bottom";
    if (above - y(from) > 11) context.fillText(level, frame.right, y(from) - 1);
    above = y(from);
  }
  crosshair(context, frame, x);
  for (const { line, number } of chosen) {
    trace(context, line, first, x, y);
    stroke(context, number, only !== null);
  }
  dots(context, chosen, x, y);
}

function stacked(context, self, width, height) {
  const { panel, only } = self;
  if (only !== null || panel.lines.some((line) => line.values.some((value) => value < 0))) return lines(context, self, width, height);
  const { times } = state.board;
  const { first } = span();
  const sums = new Array(times.length).fill(0);
  const layers = panel.lines.map((line, number) => {
    const base = sums.slice();
    line.values.forEach((value, at) => { sums[at] += value ?? 0; });
    return { base, line: sums.slice(), number };
  });
  const [, high] = extent([sums], first);
  const { x, y, frame } = axes(context, self, width, height, 0, high);
  for (const { base, line, number } of layers) {
    context.fillStyle = colours.lines[look(number).colour];
    context.globalAlpha = 0.22;
    context.beginPath();
    for (let at = first; at < times.length; at += 1) context.lineTo(x(times[at]), y(line[at]));
    for (let at = times.length - 1; at >= first; at -= 1) context.lineTo(x(times[at]), y(base[at]));
    context.fill();
    context.globalAlpha = 1;
  }
  crosshair(context, frame, x);
  for (const { line, number } of layers) {
    trace(context, line, first, x, y);
    stroke(context, number, false);
  }
  dots(context, layers, x, y);
}

function spark(context, self, width, height) {
  const { panel } = self;
  const { start, end, first } = span();
  self.frame = { left: 2, right: width - 2, top: 3, bottom: height - 3 };
  // Moments only move on.
  if (panel.unit === "timestamp") return;
  const all = panel.lines.map((line) => line.values);
  const [low, high] = extent(all, first);
  const x = (time) => 2 + ((time - start) / Math.max(1, end - start)) * (width - 4);
  const y = (value) => height - 4 - ((value - low) / (high - low || 1)) * (height - 8);
  context.fillStyle = colours.grid;
  context.fillRect(0, Math.round(y(Math.max(low, 0))), width, 1);
  all.forEach((line, number) => {
    trace(context, line, first, x, y);
    stroke(context, number, false);
  });
  crosshair(context, self.frame, x);
}

function meter(context, self, width, height) {
  const { panel } = self;
  const [low, high] = panel.unit === "ratio" ? [0, 1] : extent(panel.lines.map((line) => line.values), 0);
  const row = Math.min(18, height / Math.max(1, panel.lines.length));
  const at = place();
  panel.lines.forEach((line, number) => {
    const value = line.values[at] ?? 0;
    const level = levelOf(panel, value);
    const y = number * row + row / 2 - 4;
    context.fillStyle = colours.grid;
    context.fillRect(0, y, width, 9);
    context.fillStyle = level === "good" ? colours.lines[0] : colours[level];
    context.fillRect(0, y, Math.max(0, Math.min(1, (value - low) / (high - low || 1))) * width, 9);
  });
  context.fillStyle = colours.ink;
  for (const { from } of panel.thresholds) {
    const part = (from - low) / (high - low || 1);
    if (from !== null && part > 0 && part < 1) context.fillRect(part * width, 0, 1, row * panel.lines.length);
  }
}

/** The observations of each bucket at a moment, from the cumulative ones. */
function perBucket(panel, at) {
  let before = 0;
  return panel.lines.map((line) => {
    const value = Math.max(before, line.values[at] ?? before);
    const own = value - before;
    before = value;
    return own;
  });
}

const edge = (panel, at) => { const text = panel.lines[at]?.labels.le; return text === "+Inf" ? "∞" : show(Number(text), panel.unit); };
const edges = (panel, at) => panel.lines[at]?.labels.le === "+Inf" ? `above ${edge(panel, at - 1)}` : `up to ${edge(panel, at)}`;

function heatmap(context, self, width, height) {
  const { panel } = self;
  const { times } = state.board;
  const { start, end, first } = span();
  const rows = panel.lines.length;
  if (!rows) return;
  const texts = panel.lines.map((_, at) => edge(panel, at));
  const left = Math.ceil(Math.max(...texts.map((text) => context.measureText(text).width))) + 8;
  const frame = (self.frame = { left, right: width - 46, top: 4, bottom: height - 18 });
  const row = (frame.bottom - frame.top) / rows;
  const x = (time) => frame.left + ((time - start) / Math.max(1, end - start)) * (frame.right - frame.left);
  const cells = [];
  let most = 0;
  for (let at = first; at < times.length; at += 1) {
    const counts = perBucket(panel, at);
    cells.push(counts);
    most = Math.max(most, ...counts);
  }
  cells.forEach((counts, column) => {
    const at = first + column;
    const from = x(at > first ? times[at - 1] : Math.max(start, times[at] - state.contents.interval * 1000));
    const to = x(times[at]);
    counts.forEach((count, bucket) => {
      if (count <= 0) return;
      context.fillStyle = `rgba(${colours.heat}, ${0.1 + 0.9 * Math.sqrt(count / most)})`;
      context.fillRect(from, frame.bottom - (bucket + 1) * row + 0.5, Math.max(1, to - from + 0.4), row - 1);
    });
  });
  const now = perBucket(panel, place());
  context.textBaseline = "middle";
  for (let bucket = 0; bucket < rows; bucket += 1) {
    const y = frame.bottom - (bucket + 0.5) * row;
    context.fillStyle = colours.quiet;
    context.textAlign = "right";
    context.fillText(texts[bucket], left - 6, y);
    // The counts, for those who do not go by shades.
    context.fillStyle = now[bucket] > 0 ? colours.ink : colours.faint;
    context.fillText(now[bucket] > 0 ? scaled(Math.round(now[bucket]), SI, "").trim() : "·", width - 4, y);
  }
  timeAxis(context, frame, start, end);
  crosshair(context, frame, x);
}

function states(context, self, width, height) {
  const { panel } = self;
  const { times } = state.board;
  const { start, end, first } = span();
  const rows = Math.max(1, panel.lines.length);
  const left = Math.min(width / 3, Math.ceil(Math.max(0, ...panel.lines.map((line) => context.measureText(line.name).width))) + 8);
  const frame = (self.frame = { left, right: width - 6, top: 4, bottom: height - 18 });
  const row = Math.min(26, (frame.bottom - frame.top) / rows);
  const x = (time) => frame.left + ((time - start) / Math.max(1, end - start)) * (frame.right - frame.left);
  panel.lines.forEach((line, number) => {
    const y = frame.top + number * row;
    context.fillStyle = colours.grid;
    context.fillRect(frame.left, y + row / 2, frame.right - frame.left, 1);
    context.fillStyle = colours.lines[look(number).colour];
    for (let at = first; at < times.length; at += 1) {
      if (!(line.values[at] >= 1)) continue;
      const from = x(at > first ? times[at - 1] : start);
      context.fillRect(from, y + row * 0.2, Math.max(1.5, x(times[at]) - from + 0.4), row * 0.6);
    }
    context.fillStyle = line.values[place()] >= 1 ? colours.ink : colours.quiet;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(line.name, left - 6, y + row / 2, left - 8);
  });
  timeAxis(context, frame, start, end);
  crosshair(context, frame, x);
}

// Reports.

async function report(section, signal) {
  if (section === "search") return search();
  const data = await fetchJson(section === "exemplars" ? "exemplars" : "report", signal);
  if (signal.aborted) return;
  const made = { exemplars, cardinality, doctor }[section](data);
  if (!$("main").contains(document.activeElement) || document.activeElement === $("main")) $("main").replaceChildren(...made);
  else if (!$("main").querySelector("h2")) $("main").replaceChildren(...made);
}

const link = (name) => h("a", { href: "#metric:" + encodeURIComponent(name) }, name);
const pairs = (labels) => Object.entries(labels).map(([name, value]) => `${name}="${value}"`).join(", ");

/** Text in which backticks are code, as the doctor writes it. */
const prose = (text) => text.split("`").map((part, at) => at % 2 ? h("code", {}, part) : part);

/** The words of the search within a text. */
function marked(text, words) {
  const found = words.map((word) => [text.toLowerCase().indexOf(word), word.length]).filter(([at]) => at >= 0).sort((a, b) => a[0] - b[0]);
  const parts = [];
  let from = 0;
  for (const [at, length] of found) {
    if (at < from) continue;
    parts.push(text.slice(from, at), h("mark", {}, text.slice(at, at + length)));
    from = at + length;
  }
  return [...parts, text.slice(from)];
}

let searched = null;

function search() {
  const text = $("search").value.trim().toLowerCase();
  const key = text + state.window + state.contents.version;
  // What is there is left alone, so that nobody loses the link that they are at.
  if (searched === key && $("main").querySelector(".metrics")) return;
  searched = key;
  const words = text.split(/\s+/).filter(Boolean);
  const found = state.contents.metrics.filter((metric) => {
    const all = [metric.name, metric.help, metric.kind, metric.unit, metric.place, metric.package, ...metric.labels].join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  });
  found.sort((a, b) => (text && b.name.includes(text)) - (text && a.name.includes(text)));
  $("main").replaceChildren(
    h("h2", {}, text ? `${found.length} of ${state.contents.metrics.length} metrics` : `${found.length} metrics`),
    found.length ? "" : h("p", { class: "empty" }, `No metric has “${text}” in its name, help, labels, file or package.`),
    h("ul", { class: "metrics" }, found.map((metric) => h("li", {},
      h("span", { class: "title mono" }, h("a", { href: "#metric:" + encodeURIComponent(metric.name) }, marked(metric.name, words))),
      h("span", { class: "about" }, marked(metric.help, words)),
      h("span", { class: "about" }, [metric.kind, metric.unit, metric.labels.length ? "by " + metric.labels.join(", ") : null, metric.series + " series"].filter(Boolean).join(" · "), " · ",
        metric.place ? h("span", { class: "mono" }, metric.place) : "by a collector"),
      metric.queries.length ? h("button", { type: "button", title: inWindow(metric.queries[0]), onclick: () => copy(inWindow(metric.queries[0])) }, "Copy PromQL") : null))));
}

function exemplars(data) {
  const rows = data.map((it) => h("tr", {}, h("td", { class: "n" }, clock(it.time, true)), h("td", {}, link(it.metric)), h("td", { class: "mono" }, pairs(it.labels)),
    h("td", { class: "n" }, show(it.value, it.unit ?? "")), h("td", { class: "mono" }, pairs(it.exemplar)), h("td", {}, copyButton(Object.values(it.exemplar)[0] ?? ""))));
  return [h("h2", {}, "Exemplars"), data.length
    ? h("div", { class: "card scroll" }, h("table", {}, h("thead", {}, h("tr", {}, ["Time", "Metric", "Labels", "Value", "Exemplar", ""].map((name) => h("th", {}, name)))), h("tbody", {}, rows)))
    : h("p", { class: "empty" }, "No counter or histogram has an exemplar yet. A source of exemplars, such as tallymark-opentelemetry, gives each observation the trace that it belongs to.")];
}

function bar(part) {
  const inner = h("i");
  inner.style.width = Math.min(100, part * 100) + "%";
  return h("div", { class: "meter", "aria-hidden": "true" }, inner);
}

function cardinality(data) {
  const now = data.series.reduce((sum, family) => sum + family.now, 0);
  const largest = data.series[0]?.now || 1;
  const families = data.series.map((family) => h("tr", {}, h("td", {}, link(family.metric)), h("td", { class: "bar wide" }, bar(family.now / largest)), h("td", { class: "n" }, String(family.now)), h("td", { class: "n" }, family.most === undefined ? "no limit" : String(family.most))));
  const labels = data.labels.map((it) => h("tr", {}, h("td", {}, link(it.metric)), h("td", { class: "mono" }, it.label), h("td", { class: "n" }, String(it.values))));
  const table = (head, rows) => h("div", { class: "card scroll" }, h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)));
  const n = (text) => h("th", { class: "n" }, text);
  return [h("h2", {}, "Cardinality"),
    h("p", {}, `${now} series, as a Prometheus server counts them, of a budget of ${data.budget} (${digits((now / data.budget) * 100)} %).`), bar(now / data.budget),
    h("section", { class: "part" }, h("h3", {}, "By metric"), table([h("th", {}, "Metric"), h("th", { class: "wide" }), n("Now"), n("At most")], families)),
    h("section", { class: "part" }, h("h3", {}, "Labels with the most values"), labels.length ? table([h("th", {}, "Metric"), h("th", {}, "Label"), n("Values")], labels) : h("p", { class: "none" }, "No label has several values yet."))];
}

const SIGNS = { error: "✕ error", warning: "▲ warning", note: "○ note", done: "✓", missing: "✕", unknown: "?" };

function doctor(data) {
  const count = (level) => data.findings.filter((finding) => finding.level === level).length;
  return [h("h2", {}, "Doctor"),
    h("p", { class: "about" }, ["error", "warning", "note"].map((level) => `${count(level)} ${level}${count(level) === 1 ? "" : "s"}`).join(", ")),
    h("section", { class: "part" }, h("h3", {}, "Findings"), data.findings.length ? data.findings.map((finding) => h("article", { class: "card finding is-" + finding.level },
      h("p", {}, h("strong", { class: "is-" + finding.level }, SIGNS[finding.level]), " ", prose(finding.message)),
      h("p", { class: "advice" }, prose(finding.advice)),
      finding.metric || finding.place ? h("p", { class: "about" }, finding.metric ? link(finding.metric) : "", finding.metric && finding.place ? " · " : "", h("span", { class: "mono" }, finding.place ?? "")) : null)) : h("p", { class: "none" }, "Nothing to complain of.")),
    h("section", { class: "part" }, h("h3", {}, "Checklist"), h("ul", { class: "card" }, data.checklist.map((item) =>
      h("li", {}, h("span", { class: "is-" + item.state, role: "img", "aria-label": item.state }, SIGNS[item.state]), " ", item.title))))];
}

// What people do.

function theme(next) {
  if (next) {
    state.theme = next;
    stored.set("theme", next);
  }
  const dark = state.theme === "dark" || (state.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
  $("theme").textContent = "Theme: " + state.theme;
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue("--" + name).trim();
  colours = Object.fromEntries(["ink", "quiet", "faint", "grid", "heat", "good", "warning", "critical"].map((name) => [name, of(name)]));
  colours.lines = Array.from({ length: 8 }, (_, at) => of("c" + at));
  draw();
}

function pause(next) {
  state.paused = next;
  $("pause").setAttribute("aria-pressed", String(next));
  $("pause").textContent = next ? "Go on" : "Pause";
  if (next) {
    clearTimeout(timer);
    loading?.abort();
    const newest = state.board?.times.at(-1);
    status("paused", newest ? "paused at " + clock(newest, true) : "paused");
  } else {
    status("connecting", "connecting");
    load();
  }
}

function choose(select, key, next) {
  const list = [...select.options].map((option) => Number(option.value));
  const value = next ? list[(list.indexOf(state[key]) + 1) % list.length] : Number(select.value);
  state[key] = value;
  select.value = value;
  stored.set(key, value);
  if (key === "range") draw();
  else {
    if (state.section === "search") search();
    if (state.paused) pause(false);
    else load();
  }
}

function neighbour(by) {
  const links = [...$("nav").querySelectorAll("a")];
  const at = links.findIndex((it) => it.hasAttribute("aria-current"));
  const next = links[(at + by + links.length) % links.length];
  if (next) location.hash = next.hash;
}

$("range").addEventListener("change", () => choose($("range"), "range"));
$("window").addEventListener("change", () => choose($("window"), "window"));
$("pause").addEventListener("click", () => pause(!state.paused));
$("theme").addEventListener("click", () => theme(THEMES[(THEMES.indexOf(state.theme) + 1) % 3]));
$("help").addEventListener("click", () => $("keys").showModal());
$("search").addEventListener("input", () => {
  // Some browsers type the key that has led here.
  if ($("search").value.startsWith("/")) $("search").value = $("search").value.slice(1);
  if (!state.contents) return;
  if (state.section === "search") search();
  else location.hash = "#search";
});
$("search").addEventListener("keydown", (event) => {
  const first = $("main").querySelector(".metrics a");
  if (event.key === "Enter" && state.section === "search" && first) {
    first.click();
    $("main").focus();
  }
  else if (event.key === "ArrowDown" && first) {
    event.preventDefault();
    first.focus();
  } else if (event.key === "Escape") {
    $("search").value = "";
    $("search").blur();
    if (state.section === "search") location.hash = "#" + state.before;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  if (event.target.closest("input, select, textarea")) return;
  const keys = {
    "/": () => $("search").focus(),
    p: () => pause(!state.paused),
    t: () => $("theme").click(),
    r: () => choose($("range"), "range", true),
    w: () => choose($("window"), "window", true),
    j: () => neighbour(1),
    k: () => neighbour(-1),
    "?": () => $("keys").showModal(),
    Escape: () => cursor(null),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else if (!state.paused) load();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => theme());
addEventListener("resize", () => requestAnimationFrame(draw));
addEventListener("hashchange", open);

theme();
open();
