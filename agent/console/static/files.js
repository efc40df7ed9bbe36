// The browser itself writes a file of details to its disk; this tells how far it
// is, and stops it when somebody wants that.
"use strict";

const place = document.getElementById("leaving"), bar = place.querySelector("progress"), stop = place.querySelector("button");
const every = 300; // ms
const patience = 60000; // ms until a file that never begins is given up
let name = "", begun = 0;

const mega = (n) => n < 1e6 ? `${Math.round(n / 1e3)} kB` : `${(n / 1e6).toFixed(1)} MB`;

function tell(file) {
  for (const says of place.querySelectorAll("[data-is]")) says.hidden = says.dataset.is !== file.state;
  place.dataset.state = file.state;
  if (file.total) {
    bar.max = file.total;
    bar.value = file.state === "whole" ? file.total : file.done;
  } else {
    bar.removeAttribute("value");
  }
  place.querySelector(".done").textContent = file.done.toLocaleString("en");
  place.querySelector(".total").textContent = file.total ? file.total.toLocaleString("en") : "…";
  place.querySelector(".bytes").textContent = mega(file.bytes);
  stop.hidden = file.state !== "runs";
}

async function look(mine) {
  if (mine !== name) return; // a later one is followed by now
  let file = null;
  try {
    const answer = await fetch("/reports/file", { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) file = await answer.json();
  } catch { /* the terminal is away for a moment: it is asked again */ }
  if (file && file.name === mine) tell(file);
  if (file && file.name === mine && file.state !== "runs") return;
  if ((!file || file.name !== mine) && performance.now() - begun > patience) {
    tell({ state: "broken", done: 0, total: 0, bytes: 0 });
    return;
  }
  setTimeout(look, every, mine);
}

for (const link of document.querySelectorAll("a.long")) {
  const plain = link.href;
  link.addEventListener("click", () => {
    name = Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
    begun = performance.now();
    link.href = `${plain}&run=${name}`;
    place.hidden = false;
    tell({ state: "runs", done: 0, total: 0, bytes: 0 });
    look(name);
  });
}
stop.addEventListener("click", () => fetch("/reports/file/stop", { method: "POST" }).catch(() => {}));
