// Photos of a visit: shrunk and drawn anew on the phone, kept here until the server has them.
//
// Drawn anew, a picture has lost where and by what it was taken. It waits in a database of its own,
// in the clear like every note that waits, because signing out must not lose it; once the server
// has it, or says that it never will, it is gone from the phone.

const SIDE = 1280; // pixels of the longer side
const LARGEST = 700000; // bytes, as the server takes them
export const MOST = 4; // photos of one visit

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("doudi-photos", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("waiting", {keyPath: "id"});
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

// One request to the store, done when it is on the disk.
async function within(mode, work) {
  const run = (await open()).transaction("waiting", mode);
  const asked = work(run.objectStore("waiting"));
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
  const {key, number, who, round, seen_event} = task;
  const at = new Date().toISOString();
  await put({id, account, alert: key, number, who, round, seen_event, device, at, bytes});
}

// What is sent of a photo.
export function request({id, account, alert, seen_event, device, at, bytes}) {
  const part = 0x8000; // as many arguments as every browser takes
  let text = "";
  for (let from = 0; from < bytes.byteLength; from += part) {
    text += String.fromCharCode(...new Uint8Array(bytes.slice(from, from + part)));
  }
  return {id, account, alert, seen_event, device, at, photo: btoa(text)};
}

// A small picture of a photo that waits; drawn, so that the page loads nothing.
export async function draw(canvas, {bytes}) {
  const image = await createImageBitmap(new Blob([bytes], {type: "image/jpeg"}));
  const scale = Math.max(canvas.width / image.width, canvas.height / image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  canvas.getContext("2d").drawImage(image, (canvas.width - width) / 2,
    (canvas.height - height) / 2, width, height);
  image.close();
}
