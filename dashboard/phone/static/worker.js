// Keeps the page's own files on the phone, so that it opens without a network. Nothing else passes
// through here: the list, what is sent and what is taken along are never kept by this script.
const CACHE = "doudi-phone-@VERSION@";
const FILES = [
  "/phone/", "/phone/app.js", "/phone/photos.js", "/phone/store.js", "/phone/taken.js",
  "/phone/view.js", "/phone/visit.js", "/phone/style.css", "/phone/icon.svg", "/phone/words.json",
  "/phone/app.webmanifest",
];

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    for (const file of FILES) {
      const answer = await fetch(file, {cache: "reload", redirect: "error"});
      if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
      await cache.put(file, answer);
    }
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("doudi-phone-") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method !== "GET" || !FILES.includes(path)) return;
  event.respondWith((async () => {
    const cache = await caches.open(CACHE);
    return (await cache.match(path)) || fetch(event.request);
  })());
});
