// The phone's page without a network: what was loaded once is kept, shown at once,
// and replaced by what is newer whenever there is a network.
"use strict";

const KEPT = "tillgate-phone";
const files = ["./", "phone.js", "phone.css"];

addEventListener("install", (e) => {
  skipWaiting();
  e.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(files)));
});

addEventListener("activate", (e) => e.waitUntil(clients.claim()));

async function serve(request) {
  const kept = await caches.open(KEPT);
  const had = await kept.match(request, { ignoreSearch: true });
  const fresh = fetch(request).then((answer) => {
    if (answer.ok) kept.put(request, answer.clone());
    return answer;
  });
  if (!had) return fresh;
  fresh.catch(() => {});
  return had;
}

addEventListener("fetch", (e) => {
  if (e.request.method === "GET" && new URL(e.request.url).origin === location.origin) e.respondWith(serve(e.request));
});
