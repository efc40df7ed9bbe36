// One event stream for all pages of a browser: this runs once, as a shared worker,
// and hands each page what is meant for it. A browser without shared workers runs
// it in each page.
"use strict";

const pages = new Map(); // port: { page, heard }
let source = null, tuned = "", again = 0;

const patience = 35000; // ms; a page that answers no beat for so long is gone

function tell(message) {
  for (const [port, one] of pages) if (!message.page || message.page === one.page) port.postMessage(message);
}

// tune opens a stream of the pages that there are. A page that has just come is
// sent everything, which a new stream begins with.
function tune(fresh) {
  const wanted = [...new Set([...pages.values()].map((one) => one.page))].sort();
  const address = "/events?" + wanted.map((page) => "page=" + encodeURIComponent(page)).join("&");
  if (!fresh && address === tuned) return;
  clearTimeout(again);
  if (source) source.close();
  source = null;
  tuned = address;
  if (wanted.length) open(address);
}

function open(address) {
  const one = source = new EventSource(address);
  for (const name of ["layout", "clock", "part", "beat"]) {
    one.addEventListener(name, (e) => {
      tell({ name, ...JSON.parse(e.data) });
      if (name === "beat") prune();
    });
  }
  one.addEventListener("error", () => {
    tell({ name: "lost" });
    if (one.readyState === EventSource.CLOSED && one === source) { // refused, not lost: the browser would not try again
      again = setTimeout(() => tune(true), 3000);
    }
  });
}

function prune() {
  for (const [port, one] of pages) if (performance.now() - one.heard > patience) pages.delete(port);
  tune(false);
}

function connect(port) {
  port.onmessage = ({ data }) => {
    if (data.come) {
      pages.set(port, { page: data.come, heard: performance.now() });
      tune(true);
    } else if (data.gone) {
      pages.delete(port);
      tune(false);
    } else if (pages.has(port)) {
      pages.get(port).heard = performance.now();
    }
  };
}

if (self.SharedWorkerGlobalScope) self.onconnect = (e) => connect(e.ports[0]);
