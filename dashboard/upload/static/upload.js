// Sends files in pieces. The server says from which byte on; nothing is kept in the browser.

const language = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "zh";
const TRIES = 6;
let words = {};
let form = "";

const say = (message, values = {}) =>
  Object.entries(values).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, value), words[message] || message);
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

class Refused extends Error {}
class SignedOut extends Error {}

// One request; a line that breaks is tried again, an answer that refuses is not.
async function ask(path, body, note) {
  for (let tried = 1; ; tried += 1) {
    let answer;
    try {
      answer = await fetch(`/upload/${path}${path.includes("?") ? "&" : "?"}lang=${language}`, {
        method: "POST", body, headers: { "x-doudi-form": form },
      });
    } catch {
      answer = null;
    }
    if (answer && answer.status === 401) throw new SignedOut();
    if (answer && answer.status < 500) {
      const content = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Refused(content.told || content.why || String(answer.status));
      return content;
    }
    if (tried === TRIES) throw new Refused(say("No answer from the server; trying again…"));
    note(say("No answer from the server; trying again…"));
    await wait(Math.min(30000, 1000 * 2 ** tried));
  }
}

function row(file) {
  const told = make("div", { class: "told", role: "status" }, say("Waiting"));
  const bar = make("progress", { max: "100", value: "0", "aria-label": file.name });
  const size = make("span", { class: "size" }, `${(file.size / 1048576).toFixed(1)} MB`);
  const buttons = make("div");
  const item = make("li", {}, make("div", { class: "name" }, file.name, size), bar, told, buttons);
  document.getElementById("files").append(item);
  return { file, told, bar, buttons, item, id: "" };
}

function show(entry, kind, ...what) {
  entry.told.className = `told ${kind}`;
  entry.told.replaceChildren(...what);
}

async function send(entry) {
  const { file } = entry;
  const note = (text) => show(entry, "wait", text);
  entry.buttons.replaceChildren();
  try {
    let state = await ask("begin", JSON.stringify({ name: file.name, size: file.size }), note);
    entry.id = state.id;
    while (state.have < file.size) {
      const part = file.slice(state.have, state.have + state.piece);
      state = await ask(`piece?id=${state.id}&at=${state.have}`, part, note);
      const percent = Math.floor((state.have / file.size) * 100);
      entry.bar.value = percent;
      show(entry, "", say("Sending: {percent} %", { percent }));
    }
    entry.bar.value = 100;
    show(entry, "", say("Being checked…"));
    ended(entry, await ask("finish", JSON.stringify({ id: state.id }), note));
  } catch (error) {
    stopped(entry, error);
  }
}

function ended(entry, answer) {
  entry.bar.remove();
  if (!answer.map) {
    show(entry, answer.good ? "yes" : "wait", answer.told);
    return;
  }
  const link = make("a", { href: `/data?lang=${language}` }, say("Say what it is"));
  show(entry, "wait",
    say("Arrived, but no feed knows its name. Say what it is on the page of feeds."), " ", link);
}

function stopped(entry, error) {
  if (error instanceof SignedOut) {
    const link = make("a", { href: `/door/sign-in?lang=${language}` }, say("Sign in"));
    show(entry, "no",
      say("Signed out. Sign in and choose the file again; it goes on where it stopped."), " ",
      link);
    return;
  }
  show(entry, "no", say("Stopped: {why}", { why: error.message }));
  entry.buttons.replaceChildren(
    make("button", { type: "button", onclick: () => queue(entry) }, say("Try again")),
    make("button", { type: "button", onclick: () => remove(entry) }, say("Remove")));
}

async function remove(entry) {
  try {
    if (entry.id) await ask("remove", JSON.stringify({ id: entry.id }), () => {});
  } catch { /* it goes by itself after two days */ }
  entry.item.remove();
}

// One after the other: two halves at once help nobody on a county's line.
let line = Promise.resolve();
function queue(entry) {
  line = line.then(() => send(entry));
}

function chosen(files) {
  for (const file of files) queue(row(file));
}

function draw() {
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  const input = make("input", { type: "file", multiple: "", id: "choose",
    accept: ".csv,.txt,.tsv,.xlsx,.xls,.parquet" });
  input.addEventListener("change", () => { chosen([...input.files]); input.value = ""; });
  const drop = make("label", { class: "drop", for: "choose" },
    say("Choose files, or drop them here"), input);
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    chosen([...event.dataTransfer.files]);
  });
  document.getElementById("main").replaceChildren(
    make("a", { href: `/data?lang=${language}` }, `← ${say("Back to the feeds")}`),
    make("h1", {}, say("Upload department files")),
    make("p", { class: "small" }, say("CSV, Excel or Parquet. A file is sent in pieces: when the "
      + "line breaks, choose it again and it goes on where it stopped.")),
    drop, make("ul", { id: "files" }));
}

async function begin() {
  const answer = await fetch(`/upload/start?lang=${language}`).catch(() => null);
  if (answer && answer.status === 401) {
    location.href = `/door/sign-in?lang=${language}`;
    return;
  }
  if (!answer || !answer.ok) {
    setTimeout(begin, 3000);
    return;
  }
  ({ words, form } = await answer.json());
  draw();
}

begin();
