// The status page. Names come from callers, so nothing is ever parsed as markup: text goes into textContent only.
"use strict";
const $ = id => document.getElementById(id);
const FEW = 100, PATIENCE = 3000;
let last = null, heard = 0, source = null, only = "", polling = 0;

/* ---- texts ---- */

const numbers = [0, 2, 4, 6].map(d => new Intl.NumberFormat("en-US", { minimumFractionDigits: d, maximumFractionDigits: d }));
const count = n => numbers[0].format(n);
// As many decimals as an amount of this size needs to be read; the exact one is in the title.
const usd = micro => "$" + numbers[micro % 1e4 === 0 || micro >= 1e9 ? 1 : micro < 1e4 ? 3 : 2].format(micro / 1e6);
const amount = (n, unit) => unit === "microUsd" ? usd(n) : count(n);
const exact = (n, unit) => count(n) + " " + (unit === "microUsd" ? "micro-USD" : unit);
const percent = part => part > 0 && part < .01 ? "<1 %" : Math.floor(100 * part) + " %";
const plural = (n, what) => count(n) + " " + what + (n === 1 ? "" : "s");

function lasting(millis) {
  const s = Math.max(0, Math.round(millis / 1000)), m = Math.floor(s / 60), h = Math.floor(m / 60);
  return s < 60 ? s + " s" : m < 60 ? m + " min" : h < 48 ? h + " h" + (m % 60 ? " " + m % 60 + " min" : "") : Math.floor(h / 24) + " days";
}

const zones = new Map();
function clock(zone) {
  if (!zones.has(zone)) {
    let known = zone;
    const make = options => new Intl.DateTimeFormat("en-GB", { timeZone: known, ...options });
    try { make({}); } catch (e) { known = "UTC"; }
    zones.set(zone, { name: known, time: make({ hour: "2-digit", minute: "2-digit" }), date: make({ day: "numeric", month: "short" }) });
  }
  return zones.get(zone);
}

/** Such as "18 Nov 00:00 Europe/Vienna"; without the date if it is in less than a day. */
function at(instant, zone, now) {
  const c = clock(zone || "UTC"), date = new Date(instant);
  return (date - now < 864e5 ? "" : c.date.format(date) + " ") + c.time.format(date) + " " + c.name;
}

/* ---- the document ---- */

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text) node.textContent = text;
  return node;
}

/** Changes a node only if its value changed. */
function put(node, value, text = value, title) {
  if (node.shown === value) return;
  node.shown = value;
  node.textContent = text;
  if (title) node.title = title;
}

/** The same for a number: most do not change between two ticks, and formatting is what costs. */
function figure(node, n, unit, suffix = "") {
  if (node.shown !== n) put(node, n, amount(n, unit) + suffix, unit && exact(n, unit));
}

function name(node, value) {
  if (node.className !== value) node.className = value;
}

/** Makes the children of a node those of the keys, in their order, and reuses what is there. */
function list(parent, items, key, build, fill) {
  const known = parent.known || (parent.known = new Map()), kept = new Set();
  let next = parent.firstChild;
  for (const item of items) {
    const k = key(item);
    if (kept.has(k)) continue;
    kept.add(k);
    let node = known.get(k);
    if (!node) known.set(k, node = build(item));
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
    fill(node, item);
  }
  for (const [k, node] of known) if (!kept.has(k)) { node.remove(); known.delete(k); }
}

/** The rows that are shown at first, and a button for the rest. */
function some(container, items) {
  const section = container.closest("section"), more = section.querySelector(":scope > .more");
  section.querySelector(":scope > .none").hidden = items.length > 0;
  container.hidden = items.length === 0;
  if (!more) return items;
  const all = container.all || items.length <= FEW;
  more.hidden = items.length <= FEW;
  put(more, (container.all ? "few" : "all") + items.length, container.all ? "Show the first " + FEW : "Show all " + count(items.length));
  more.onclick = () => { container.all = !container.all; render(); };
  return all ? items : items.slice(0, FEW);
}

function row(cells) {
  const tr = make("tr");
  for (const [style, label] of cells) {
    const td = tr.appendChild(make("td", style));
    if (label) td.dataset.label = label;
  }
  return tr;
}

const LIMIT = [["", ""], ["", ""], ["n", "used"], ["n", "held"], ["n", "of"], ["", ""]];
const part = l => l.limit === 0 ? 1 : (l.used + l.held) / l.limit;
const limitKey = l => [l.tenant, l.name, l.bucket, l.kind].join("\0");

function limitRow(l) {
  const tr = row(LIMIT), [who, use, , , , when] = tr.children;
  who.append(make("span"), make("span", "sub"));
  const bar = make("div", "bar");
  bar.setAttribute("role", "meter");
  bar.setAttribute("aria-valuemin", "0");
  bar.append(make("i"), make("i"));
  for (const mark of l.warnAt) {
    const line = bar.appendChild(make("b"));
    line.style.left = "calc(" + mark + "% - 2px)";
    line.title = "reported at " + mark + " %";
  }
  use.append(bar, make("span", "sub"));
  when.append(make("span"), make("span", "sub"), make("span", "sub warn"));
  return tr;
}

function fillLimit(tr, l) {
  const [who, use, used, held, of, when] = tr.children, now = new Date(last.generatedAt), taken = part(l);
  put(who.firstChild, l.bucket);
  put(who.lastChild, [l.tenant === "all" ? "all tenants" : l.tenant, l.model, l.period ? "per " + l.period : l.kind, l.mode === "shadow" ? "shadow: counts, never denies" : ""].filter(Boolean).join(" · "));
  const bar = use.firstChild, full = l.limit === 0 ? 1 : l.used / l.limit;
  const warns = l.warnAt.some(mark => 100 * full >= mark);
  name(bar, "bar" + (l.kind !== "budget" ? "" : l.remaining === 0 ? " bad" : warns ? " warn" : ""));
  if (bar.used !== l.used || bar.held !== l.held || bar.limit !== l.limit) {
    Object.assign(bar, { used: l.used, held: l.held, limit: l.limit });
    const width = Math.min(1, Math.max(0, full));
    bar.children[0].style.width = 100 * width + "%";
    bar.children[1].style.width = 100 * Math.min(1 - width, l.limit === 0 ? 0 : l.held / l.limit) + "%";
    bar.setAttribute("aria-valuemax", l.limit);
    bar.setAttribute("aria-valuenow", Math.min(l.limit, Math.max(0, l.used + l.held)));
    bar.setAttribute("aria-label", l.bucket + " " + percent(taken));
  }
  put(use.lastChild, percent(taken) + (l.remaining === 0 ? l.kind === "budget" ? ", used up" : ", none left" : ""));
  figure(used, l.used, l.unit);
  figure(held, l.held, l.unit);
  figure(of, l.limit, l.unit, l.unit === "microUsd" ? "" : " " + l.unit);
  const reset = l.resetsAt && new Date(l.resetsAt);
  if (l.kind === "budget" && reset) {
    put(when.firstChild, "in " + lasting(reset - now));
    put(when.children[1], at(l.resetsAt, l.timeZone, now));
    put(when.lastChild, l.exhaustedAt ? "exhausted at this pace in " + lasting(new Date(l.exhaustedAt) - now) : "");
  } else {
    put(when.firstChild, l.kind === "rate" ? (reset > now ? "full in " + lasting(reset - now) : "full") : "");
  }
}

function budgets(s, shown) {
  const rows = s.limits.filter(l => l.kind === "budget" && shown(l)).map(l => [part(l), l]);
  rows.sort((a, b) => b[0] - a[0]);
  list($("budgets").tBodies[0], some($("budgets"), rows.map(r => r[1])), limitKey, limitRow, fillLimit);
}

function rates(s, shown) {
  const groups = new Map();
  for (const l of s.limits) if (l.kind !== "budget" && shown(l)) {
    if (!groups.has(l.tenant)) groups.set(l.tenant, []);
    groups.get(l.tenant).push(l);
  }
  list($("rates"), some($("rates"), [...groups]), g => g[0], g => {
    const details = make("details");
    details.append(make("summary"), make("table"));
    details.lastChild.append(make("tbody"));
    details.ontoggle = () => render();
    return details;
  }, (details, [tenant, limits]) => {
    const fullest = Math.max(...limits.map(part));
    put(details.firstChild, (tenant === "all" ? "all tenants" : tenant) + ": " + plural(limits.length, "limit") + ", fullest " + percent(fullest));
    if (details.open) list(details.lastChild.tBodies[0], limits, limitKey, limitRow, fillLimit);
  });
}

const SPEND = [["", ""], ["", ""], ["n", "today"], ["n", "month"], ["n", "calls today"], ["n", "calls this month"]];

function fillSpend(cells, from, r) {
  figure(cells[from], r.dayMicroUsd, "microUsd");
  figure(cells[from + 1], r.monthMicroUsd, "microUsd");
  figure(cells[from + 2], r.dayCalls);
  figure(cells[from + 3], r.monthCalls);
}

function spend(s, shown) {
  const rows = s.spend.filter(shown).sort((a, b) => b.monthMicroUsd - a.monthMicroUsd);
  list($("spend").tBodies[0], some($("spend"), rows), r => r.tenant + "\0" + r.model, () => row(SPEND), (tr, r) => {
    put(tr.children[0], r.tenant);
    put(tr.children[1], r.model);
    fillSpend(tr.children, 2, r);
  });
  const sum = key => rows.reduce((total, r) => total + r[key], 0);
  fillSpend($("spend").tFoot.rows[0].cells, 1, { dayMicroUsd: sum("dayMicroUsd"), monthMicroUsd: sum("monthMicroUsd"), dayCalls: sum("dayCalls"), monthCalls: sum("monthCalls") });
}

const CALL = [["", ""], ["", ""], ["", ""], ["", ""], ["n", ""], ["id", ""]];

function recent(s, shown) {
  const calls = some($("recent"), s.recent.filter(shown));
  list($("recent").tBodies[0], calls, c => c.time + c.requestId, () => row(CALL), (tr, c) => {
    const [time, tenant, model, outcome, cost, id] = tr.children;
    put(time, c.time, c.time.slice(11, 19), c.time);
    put(tenant, c.tenant);
    put(model, c.model);
    put(outcome, c.outcome + (c.reason ? ": " + c.reason : ""));
    name(outcome, c.outcome === "completed" ? "" : c.reason ? "warn" : "bad");
    figure(cost, c.costMicroUsd, "microUsd");
    put(id, c.requestId);
  });
}

function pod(s) {
  const unknown = s.pod.unknownPrices.map(u => u.model + " (" + plural(u.calls, "call") + ")").join(", ");
  const facts = [
    ["Ledger", s.ledger.kind + (s.ledger.up ? ", answers" : ", away") + ", " + (s.ledger.pods ? plural(s.ledger.pods, "pod") : "pods unknown") + ", durability " + s.ledger.durability],
    ["Numbers are", lasting(s.ledger.ageMillis) + " old"],
    ["Settlement backlog", count(s.pod.backlog)],
    ["Unknown prices", unknown || "none"],
    ["Upstream", s.upstream.region + ", credentials " + s.upstream.credentials + ", " + plural(s.upstream.errors, "error") + " since the start"],
    ["Policy", s.policy.file ? s.policy.file + ", " + plural(s.policy.limits, "limit") + ", loaded " + s.policy.loadedAt.replace("T", " ").slice(0, 19) + " UTC" : "none: nothing is limited"],
    ["Version", s.version]];
  list($("pod"), facts.flatMap(([k, v]) => [[k, "dt", k], [k, "dd", v]]), f => f[1] + f[0], f => make(f[1]), (node, f) => put(node, f[2]));
}

function mistakes(s) {
  const found = s.policy.mistakes;
  $("mistakes").hidden = found.length === 0;
  put($("mistakes-file"), (s.policy.file || "") + ": the last good policy stays in force.");
  list($("mistakes").querySelector("ul"), found.map((m, i) => [i, (m.line ? "line " + m.line + ": " : "") + m.message]), m => m[0], () => make("li"), (li, m) => put(li, m[1]));
}

function render() {
  const s = last;
  if (!s) return;
  const wanted = $("filter").value.trim().toLowerCase();
  const shown = r => !wanted || [r.tenant, r.model, r.bucket, r.reason, r.requestId].some(t => t && t.toLowerCase().includes(wanted));
  $("state").dataset.state = s.state;
  put($("state"), s.summary);
  put($("about"), "tenant " + s.pod.tenant + ", " + s.upstream.region);
  document.title = s.state === "ok" ? "Tollgate" : "Tollgate is " + s.state;
  mistakes(s);
  const cut = s.nextCursor !== null;
  put($("cut"), only ? "Tenant " + only + " only; clear the filter and press Enter for all." : cut ? "The fullest and the dearest of " + plural(s.totals.limits, "limit") + " and " + plural(s.totals.spend, "spend row") + "; Enter shows the tenant of this name." : "");
  budgets(s, shown);
  rates(s, shown);
  spend(s, shown);
  recent(s, shown);
  pod(s);
}

/* ---- news ---- */

function news(text) {
  heard = Date.now();
  last = JSON.parse(text);
  silence();
  render();
}

function silence() {
  const quiet = Date.now() - heard;
  $("lost").hidden = !polling && quiet < PATIENCE;
  put($("lost"), quiet < PATIENCE ? "Others watch already: this page is renewed every 5 s." : last ? "No news from the sidecar for " + lasting(quiet) + "; the numbers below are from then." : "The sidecar does not answer.");
}

/** Without a stream, because others have them all: asks now and then. */
async function poll() {
  try {
    const answer = await fetch("v1/status" + query());
    if (answer.ok) news(await answer.text());
  } catch (e) { /* shown as silence */ }
}

const query = () => only ? "?tenant=" + encodeURIComponent(only) : "";

function listen() {
  if (source) source.close();
  clearInterval(polling);
  polling = 0;
  source = new EventSource("v1/events" + query());
  source.onmessage = event => news(event.data);
  source.onerror = () => {
    // A lost connection is opened again by the browser; a refusal is not.
    if (source.readyState === EventSource.CLOSED && !polling) {
      poll();
      polling = setInterval(poll, 5000);
      setTimeout(listen, 30000);
    }
  };
}

$("filter").oninput = render;
$("tools").onsubmit = event => {
  event.preventDefault();
  const exactly = $("filter").value.trim();
  if (only !== exactly && (only || last && last.nextCursor !== null)) {
    only = exactly;
    listen();
  }
};
addEventListener("keydown", event => {
  if (event.key === "/" && event.target !== $("filter")) {
    event.preventDefault();
    $("filter").focus();
  }
});
heard = Date.now();
setInterval(silence, 1000);
listen();
