// A page is right as it was loaded; this keeps it right without a reload.
"use strict";

const { body, documentElement: root } = document;
const stale = document.getElementById("stale");
const till = document.querySelector(".till");
root.classList.add("js");

// ---- what happens: one stream for a browser (feed.js), and only while somebody sees the page

let port = null, heard = 0, answered = 0;
let boot = performance.now() - Number(body.dataset.mono); // the boot clock's zero, as this page counts

function alive() {
  heard = performance.now();
  stale.hidden = true;
  if (body.className === "display" && heard - answered > 5000) { // the cashier sees that this display works
    answered = heard;
    fetch(location.pathname + "/drawn", { method: "POST" }).catch(() => {});
  }
}

const told = {
  clock({ mono }) { boot = performance.now() - mono; },
  beat() { port.postMessage({ here: true }); },
  layout({ layout }) { // an update, or other lanes: this page is not theirs
    if (layout !== body.dataset.layout) location.reload();
  },
  part({ part, html }) {
    const place = document.querySelector(`[data-part="${part}"]`);
    if (!place || place.innerHTML === html) return;
    place.innerHTML = html; // every text in it was escaped by the agent
    settle(part);
  },
};

function hear({ data }) {
  if (data.name === "lost") {
    stale.hidden = false;
    return;
  }
  told[data.name](data);
  alive();
}

function feed() {
  if (window.SharedWorker) return new SharedWorker(body.dataset.feed).port;
  const { port1, port2 } = new MessageChannel();
  const script = document.createElement("script");
  script.src = body.dataset.feed;
  script.onload = () => connect(port2);
  document.head.append(script);
  return port1;
}

function listen() {
  if (!port) {
    port = feed();
    port.onmessage = hear;
  }
  heard = performance.now();
  port.postMessage({ come: body.dataset.page });
}

function hush() {
  if (port) port.postMessage({ gone: true });
}

document.addEventListener("visibilitychange", () => { if (document.hidden) hush(); else listen(); });
addEventListener("pagehide", hush);
addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); }); // "back" shows what is, not what was
setInterval(() => { // a page that was frozen, or whose feed was: it asks again
  if (document.hidden || performance.now() - heard < 25000) return;
  stale.hidden = false;
  listen();
}, 5000);

// ---- QR codes: whole pixels a module, and how long they are good

function fit() {
  for (const svg of document.querySelectorAll("svg.code")) {
    const field = svg.parentElement, dots = window.devicePixelRatio || 1, side = Number(svg.dataset.side);
    svg.style.width = svg.style.height = "0";
    const room = Math.min(field.clientWidth, field.clientHeight) * dots;
    const size = Math.max(1, Math.floor(room / side)) * side / dots;
    svg.style.width = svg.style.height = `${size}px`;
  }
}

let counting = 0;
function count() {
  const codes = document.querySelectorAll("[data-until]");
  for (const code of codes) {
    const left = Number(code.dataset.until) - (performance.now() - boot);
    code.classList.toggle("over", left <= 0);
    const text = String(Math.max(0, Math.ceil(left / 1000)));
    const out = code.querySelector("output");
    if (out.textContent !== text) out.textContent = text;
  }
  if (codes.length && !counting) counting = setInterval(count, 200);
  if (!codes.length) counting = void clearInterval(counting) || 0;
}

// ---- the cashier's page

const fen = (text) => /^\d{1,9}(\.\d{0,2})?$/.test(text) ? Math.round(Number(text) * 100) : -1;
const yuan = (n) => `${Math.floor(n / 100)}.${String(n % 100).padStart(2, "0")}`;
const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
const now = () => document.querySelector('[data-part="lane"] > .screen').dataset;
const visible = (el) => el.getClientRects().length > 0;

// settle makes the page fit a part that has just come.
function settle(part) {
  fit();
  count();
  if (part !== "lane" || !till) return;
  const lane = now(), before = till.dataset.seen;
  const typing = document.activeElement, held = typing && typing.value && visible(typing) && typing.form && !typing.form.dataset.busy ? typing.closest(".pane") : null;
  till.dataset.can = lane.can;
  if (before !== lane.seen) {
    till.dataset.seen = lane.seen;
    if (!held || !visible(held)) choose(lane.tab);
    const which = (seen) => (seen || "").split("/")[0];
    if (which(before) !== which(lane.seen)) {
      say("", "");
      for (const field of till.querySelectorAll("input.money, #ref, #code, #room, #title")) if (field !== typing) field.value = "";
    }
  }
  change();
}

function choose(tab) {
  for (const one of till.querySelectorAll(".tab")) one.checked = one.value === tab; // none of them: nothing is to be done
  const first = till.querySelector(`.pane.${tab} input:not([type="hidden"])`);
  const free = document.activeElement === body || !visible(document.activeElement) || document.activeElement.matches("button");
  if (first && free && !matchMedia("(pointer: coarse)").matches) first.focus({ preventScroll: true });
}

function change() {
  const line = till.querySelector(".change"), field = till.querySelector("#given");
  if (!line) return; // a desk for deposits takes no cash
  const given = fen(field.value), due = Number(now().amount);
  line.hidden = given < 0;
  line.classList.toggle("low", given < due);
  line.querySelector("output").textContent = yuan(Math.abs(given - due));
}

function say(zh, en) {
  const out = till.querySelector(".said");
  out.querySelector("b").textContent = zh || "";
  out.querySelector("i").textContent = en || "";
  out.hidden = !(zh || en);
}

async function post(address, fields) {
  let reply;
  try {
    const answer = await fetch(address, { method: "POST", body: fields, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(10000) });
    reply = await answer.json().catch(() => ({ ok: answer.ok, en: answer.ok ? "" : answer.statusText }));
    if (answer.ok && reply.ok === undefined) reply.ok = true;
    if (reply.go) location.assign(reply.go); // a slip was typed: it is of that
  } catch {
    reply = { ok: false, zh: till.dataset.noAnswerZh, en: till.dataset.noAnswerEn };
  }
  say(reply.ok ? "" : reply.zh, reply.ok ? "" : reply.en);
  return reply.ok;
}

// A form is sent once: again only with the token that it had, until it was
// answered. What the page sees goes with it.
async function send(form) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  form.dataset.token ||= random();
  const fields = new URLSearchParams(new FormData(form));
  fields.set("token", form.dataset.token);
  if (fields.has("seen")) fields.set("seen", now().seen);
  const field = form.querySelector('input:not([type="hidden"])');
  if (field && field.name === "code") field.value = ""; // a code does not stay on the screen
  const ok = await post(form.action, fields);
  delete form.dataset.busy;
  if (ok) {
    delete form.dataset.token;
    if (field) field.value = "";
    for (const other of form.querySelectorAll("input.money, #room, #title")) other.value = "";
    const typed = document.activeElement;
    if (field && typed !== field && typed.form === form && typed.matches("input.money")) field.focus(); // the next sum begins where this one did
    change();
  } else if (field && visible(field)) {
    field.focus();
    field.select();
  }
}

// fieldOf is where a key of a keypad types: the field that was tapped last, or
// the first one. Keys never take the focus away from it.
function fieldOf(button) {
  const typing = document.activeElement;
  return typing.matches("input.money") && typing.form === button.form ? typing : document.getElementById(button.parentElement.dataset.for);
}

function press(key, field) {
  if (key === "erase") field.value = field.value.slice(0, -1);
  else if (key === "clear") field.value = "";
  else if (fen(field.value + key) >= 0 || (key === "." && field.value === "")) field.value += key === "." && field.value === "" ? "0." : key;
  change();
}

function cashier() {
  till.dataset.seen = now().seen;
  document.addEventListener("submit", (e) => {
    if (e.target.method === "get") return; // it leads to another page
    e.preventDefault();
    send(e.target);
  });
  till.addEventListener("click", (e) => {
    const button = e.target.closest("button");
    if (!button) return;
    if (button.dataset.key) press(button.dataset.key, fieldOf(button));
    if (button.dataset.fill) {
      till.querySelector("#given").value = button.dataset.fill === "exact" ? yuan(Number(now().amount)) : button.dataset.fill;
      change();
    }
  });
  till.addEventListener("mousedown", (e) => { if (e.target.closest("[data-key]")) e.preventDefault(); });
  till.addEventListener("input", change);
  document.addEventListener("keydown", (e) => { // figures that nobody asked for go where they are wanted
    if (e.ctrlKey || e.altKey || e.metaKey || !/^[0-9.]$/.test(e.key) || document.activeElement.matches("input:not([type=radio])")) return;
    const field = [...till.querySelectorAll('.pane input:not([type="hidden"])')].find(visible);
    if (field) field.focus();
  });
  if (matchMedia("(pointer: coarse)").matches) for (const field of till.querySelectorAll("input.money")) field.inputMode = "none";
  choose(now().tab);
  customers();
}

async function customers() {
  const row = till.querySelector(".customers");
  if (!row) return;
  let list;
  try {
    list = await (await fetch("/extra/list")).json();
  } catch {
    setTimeout(customers, 3000);
    return;
  }
  for (const one of list) {
    const button = document.createElement("button");
    for (const [tag, lang, text] of [["b", "zh", one.label_zh], ["i", "en", one.label_en]]) {
      const label = document.createElement(tag);
      label.lang = lang;
      label.textContent = text;
      button.append(label, " ");
    }
    button.addEventListener("click", () => post(`/extra/${encodeURIComponent(one.id)}?lane=${encodeURIComponent(row.dataset.lane)}`));
    row.append(button);
  }
}

addEventListener("resize", fit);
if (till) cashier();
fit();
count();
if (!document.hidden) listen();
