// A supervisor's phone: it keeps approval keys, shows what a terminal asks for, and
// answers with eight digits. It asks no server anything. agent/duty/code.go is the
// other side; the texts are those of agent/duty/DESIGN.md.
"use strict";

const $ = (selector) => document.querySelector(selector);
const KEY = /^(TGK1-[A-Z2-7]{32})(?:\/(\d{12}))?$/; // and the terminal that gave it
const WISH = /^TGA1\/(\d{12})\/(REFUND|RELEASE|CAPTURE|DECIDE)\/(\d{24})\/(0|[1-9]\d{0,12})\/[A-Z2-7]{16}$/;
const STORE = "tillgate-approval-keys";
const yuan = (fen) => fen.padStart(3, "0").replace(/(\d\d)$/, ".$1");

let wish = null;

function keys() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) || {};
  } catch {
    return {};
  }
}

// show hides every part but some.
function show(...names) {
  for (const part of document.querySelectorAll(".part")) part.hidden = !names.some((name) => name && part.classList.contains(name));
  $(".bad").hidden = !names.includes("bad");
}

// rest is the page when nothing is asked for.
function rest(...also) {
  wish = null;
  const has = Object.keys(keys()).length > 0, answered = also.includes("code");
  show(answered ? "" : has ? "ready" : "none", "paste", has ? "forget" : "", ...also);
}

// take reads what was scanned or pasted: a key, or a request.
function take(text) {
  text = text.trim();
  text = text.slice(text.lastIndexOf("#") + 1);
  const key = KEY.exec(text), asked = WISH.exec(text);
  if (key) {
    const all = keys();
    all[key[2] || "any"] = key[1];
    localStorage.setItem(STORE, JSON.stringify(all));
    rest();
  } else if (asked) {
    ask(text, asked);
  } else {
    rest("bad");
  }
}

// ask shows what a text asks for.
function ask(text, [, device, what, number, fen]) {
  const all = keys(), key = all[device] || all.any;
  for (const one of document.querySelectorAll("[data-what]")) one.hidden = one.dataset.what !== what;
  $("#amount").textContent = yuan(fen);
  $("dd.number").textContent = number.replace(/(.{4})(?=.)/g, "$1 ");
  $("dd.device").textContent = device;
  wish = { text, key, of: yuan(fen) + " · " + number.slice(-6) };
  show("wish", key ? "" : "none");
  $(".yes").disabled = !key;
}

// bytesOf reads base32 (RFC 4648): 32 signs are the 20 bytes of a key.
function bytesOf(base32) {
  const bytes = [];
  let bits = 0, value = 0;
  for (const sign of base32) {
    value = ((value << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return new Uint8Array(bytes);
}

// codeOf is HMAC-SHA256 of the text, cut to eight digits as RFC 4226, section 5.3.
async function codeOf(key, text) {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const secret = await crypto.subtle.importKey("raw", bytesOf(key.slice("TGK1-".length)), hmac, false, ["sign"]);
  const sum = new DataView(await crypto.subtle.sign(hmac, secret, new TextEncoder().encode(text)));
  const at = sum.getUint8(sum.byteLength - 1) & 0x0f;
  return String((sum.getUint32(at) & 0x7fffffff) % 100000000).padStart(8, "0");
}

$(".yes").addEventListener("click", async () => {
  const { key, text, of } = wish;
  const code = await codeOf(key, text);
  rest("code");
  $("#code").textContent = code.replace(/(.{4})(?=.)/, "$1 ");
  $("#of").textContent = of;
});
$(".no").addEventListener("click", () => rest());
$(".forget button").addEventListener("click", () => {
  localStorage.removeItem(STORE);
  rest();
});
$(".paste").addEventListener("submit", (e) => {
  e.preventDefault();
  take($("#text").value);
  $("#text").value = "";
});

// read takes what stands behind the address, once: neither a reload nor whoever
// looks at the address finds it again.
function read() {
  const text = decodeURIComponent(location.hash.slice(1));
  if (!text) return;
  history.replaceState(null, "", location.pathname);
  take(text);
}

if (window.crypto && crypto.subtle) { // of an https address, or this very machine
  rest();
  read();
  addEventListener("hashchange", read);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("worker.js").catch(() => {}); // then it works with a network alone
}
