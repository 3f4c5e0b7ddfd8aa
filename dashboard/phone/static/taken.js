// Names, address and phone of a household that somebody takes along.
//
// They are kept encrypted. The key lies in a cookie of this page, not beside them: signing out
// takes it away, and after a day the browser does. Without the key nothing can be read any more.
// Where the page came without TLS a browser cannot encrypt: then they are held until it is closed.

import * as store from "./store.js";

const COOKIE = "doudi_taken";
const LASTS = 24 * 3600; // seconds
const held = new Map();

const canKeep = () => Boolean(globalThis.crypto?.subtle);

function raw() {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${COOKIE}=`));
  return found ? Uint8Array.from(atob(found.slice(COOKIE.length + 1)), (c) => c.charCodeAt(0)) : null;
}

async function key(make) {
  let bytes = raw();
  if (!bytes && !make) return null;
  bytes ??= crypto.getRandomValues(new Uint8Array(32));
  if (make) {
    const text = btoa(String.fromCharCode(...bytes));
    const safe = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${COOKIE}=${text}; path=/phone/; max-age=${LASTS}; samesite=strict${safe}`;
  }
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export async function keep(alert, people) {
  const until = Date.now() + LASTS * 1000;
  if (!canKeep()) {
    held.set(alert, {people, until: 0});
    return;
  }
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(people));
  const data = await crypto.subtle.encrypt({name: "AES-GCM", iv}, await key(true), text);
  await store.put("taken", {id: alert, iv, data, until});
}

// What was taken along for an alert, or null; what can or may not be read any more is wiped.
export async function look(alert) {
  await sweep();
  if (held.has(alert)) return held.get(alert);
  const row = await store.get("taken", alert);
  if (!row) return null;
  try {
    const text = await crypto.subtle.decrypt({name: "AES-GCM", iv: row.iv}, await key(), row.data);
    return {people: JSON.parse(new TextDecoder().decode(text)), until: row.until};
  } catch {
    await wipe(alert);
    return null;
  }
}

export async function wipe(alert) {
  held.delete(alert);
  await store.remove("taken", alert);
}

export async function wipeAll() {
  held.clear();
  document.cookie = `${COOKIE}=; path=/phone/; max-age=0; samesite=strict`;
  await store.clear("taken");
}

// After a day, or without the key, nothing of it stays.
export async function sweep() {
  const gone = !raw();
  for (const row of await store.all("taken")) {
    if (gone || row.until < Date.now()) await store.remove("taken", row.id);
  }
}
