// Photos of a visit: shrunk and drawn anew on the phone, kept here until the server has them.
//
// Drawn anew, a picture has lost where and by what it was taken. It waits in a database of its own,
// encrypted with a key that no script can read out; the key stays when somebody signs out, because
// that must not lose a picture. Once the server has it, or says that it never will, it is gone from
// the phone. Where the page came without TLS a browser cannot encrypt: then pictures wait in the
// clear, and the page says so.

const SIDE = 1280; // pixels of the longer side
const LARGEST = 700000; // bytes, as the server takes them
export const MOST = 4; // photos of one visit

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("doudi-photos", 2);
    asked.onupgradeneeded = () => {
      for (const name of ["waiting", "keys"]) {
        if (!asked.result.objectStoreNames.contains(name)) {
          asked.result.createObjectStore(name, {keyPath: "id"});
        }
      }
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

// One request to a store, done when it is on the disk.
async function within(mode, work, name = "waiting") {
  const run = (await open()).transaction(name, mode);
  const asked = work(run.objectStore(name));
  return new Promise((resolve, reject) => {
    run.oncomplete = () => resolve(asked.result);
    run.onabort = run.onerror = () => reject(run.error);
  });
}

// All that wait, oldest first.
export async function all() {
  const found = await within("readonly", (store) => store.getAll());
  return found.sort((a, b) => a.at.localeCompare(b.at));
}

export const remove = (id) => within("readwrite", (store) => store.delete(id));

export const canSeal = () => Boolean(globalThis.crypto?.subtle);
const CIPHER = "AES-GCM";

// The phone's key: made once, usable here, never readable.
async function key() {
  const known = await within("readonly", (store) => store.get("photos"), "keys");
  if (known) return known.key;
  const made = await crypto.subtle.generateKey({name: CIPHER, length: 256}, false,
    ["encrypt", "decrypt"]);
  try {
    await within("readwrite", (store) => store.add({id: "photos", key: made}), "keys");
    return made;
  } catch {
    // another window of this page was first
    return (await within("readonly", (store) => store.get("photos"), "keys")).key;
  }
}

// A picture is bound to its id and account: moved to another visit's place it opens no more.
const bound = (photo) => new TextEncoder().encode(`${photo.id}|${photo.account}`);

async function sealed(photo, bytes) {
  if (!canSeal()) return {...photo, bytes};
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const with_ = {name: CIPHER, iv, additionalData: bound(photo)};
  const {bytes: _, ...rest} = photo;
  return {...rest, iv, data: await crypto.subtle.encrypt(with_, await key(), bytes)};
}

async function plain(photo) {
  if (!photo.iv) return photo.bytes;
  const with_ = {name: CIPHER, iv: photo.iv, additionalData: bound(photo)};
  return crypto.subtle.decrypt(with_, await key(), photo.data);
}

// Pictures that lie in the clear from before this page encrypted them.
export async function sealOld() {
  if (!canSeal()) return;
  for (const photo of await all()) {
    if (!photo.iv) await put(await sealed(photo, photo.bytes));
  }
}

const put = (photo) => within("readwrite", (store) => store.put(photo));
export const refuse = (photo, told) => put({...photo, refused: told});

// The picture as a JPEG that is small enough. Throws for a file that is no picture.
async function shrunk(file) {
  const image = await createImageBitmap(file, {imageOrientation: "from-image"});
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // under what is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  for (const quality of [0.8, 0.6, 0.4, 0.2]) {
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (made && made.size <= LARGEST) return made.arrayBuffer();
  }
  throw new Error("size");
}

// Keeps a file that was taken or chosen, for the visit that the task is now about.
export async function add(account, task, device, id, file) {
  const bytes = await shrunk(file);
  const {key: alert, number, who, round, seen_event} = task;
  const at = new Date().toISOString();
  const photo = {id, account, alert, number, who, round, seen_event, device, at};
  await put(await sealed(photo, bytes));
}

// What is sent of a photo.
export async function request(photo) {
  const {id, account, alert, seen_event, device, at} = photo;
  const bytes = await plain(photo);
  const part = 0x8000; // as many arguments as every browser takes
  let text = "";
  for (let from = 0; from < bytes.byteLength; from += part) {
    text += String.fromCharCode(...new Uint8Array(bytes.slice(from, from + part)));
  }
  return {id, account, alert, seen_event, device, at, photo: btoa(text)};
}

// A small picture of a photo that waits; drawn, so that the page loads nothing.
export async function draw(canvas, photo) {
  const image = await createImageBitmap(new Blob([await plain(photo)], {type: "image/jpeg"}));
  const scale = Math.max(canvas.width / image.width, canvas.height / image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  canvas.getContext("2d").drawImage(image, (canvas.width - width) / 2,
    (canvas.height - height) / 2, width, height);
  image.close();
}
