// The page: what is open, what is sent, and what the person is told about it.

import * as photos from "./photos.js";
import * as store from "./store.js";
import * as taken from "./taken.js";
import {card, h, lang, learn, pick, say, speak} from "./view.js";
import {BACK, conflict, refusedPhoto, visit} from "./visit.js";

// What became of an exchange where the server gave no number: the request or its answer was lost;
// something else answered; there was nothing to send; it refused, and the person was told why.
const LOST = "lost";
const STRANGE = "strange";
const NOTHING = "nothing";
const REFUSED = "refused";
const PATIENCE = 25000; // milliseconds until a request counts as lost
const OF_A_PHOTO = 90000; // the same for a photo over a slow network
const SOON = 1500; // after the last keystroke
const state = {told: "", kind: "", form: "", done: "", stale: false};
let sending = null;
let timer = 0;

const main = document.getElementById("main");

async function draw() {
  const account = await store.meta("account");
  const list = await store.meta("list", null);
  const tasks = await store.all("tasks");
  const outbox = await store.all("outbox");
  const pictures = await photos.all().catch(() => []);
  tasks.sort((a, b) => (a.due_on || "9999").localeCompare(b.due_on || "9999")
    || b.urgent - a.urgent || a.key.localeCompare(b.key));
  status([...outbox, ...pictures.filter((one) => !one.refused)], account);
  const open = tasks.find((one) => one.key === decodeURIComponent(location.hash.slice(1)));
  top_(list, open);
  const doubts = list?.conflicts ?? [];
  const own = pictures.filter((one) => one.account === account);
  const next = open ? [await opened(open, account, list, doubts, own)]
    : listed(tasks, list, outbox, doubts, own);
  // Somebody is typing: what they see must not be taken from under their fingers. Looked at last:
  // they may have begun while the store was read.
  const typing = document.activeElement?.tagName === "TEXTAREA"
    && main.firstElementChild?.dataset.key === open?.key;
  state.stale = Boolean(open && typing);
  if (state.stale) return;
  const back = where();
  main.replaceChildren(...next);
  back();
}

// Remembers which button had the focus and what was unfolded; gives a function that restores it.
function where() {
  const now = document.activeElement;
  const group = now?.closest(".choice")?.getAttribute("aria-label");
  const folds = [...main.querySelectorAll("details")].map((one) => one.open);
  return () => {
    [...main.querySelectorAll("details")].forEach((one, n) => {
      one.open ||= Boolean(folds[n]);
    });
    if (!group) return;
    const same = [...main.querySelectorAll(".choice")].find((one) =>
      one.getAttribute("aria-label") === group);
    same?.querySelector(`[data-code="${now.dataset.code}"]`)?.focus();
  };
}

function top_(list, open) {
  const other = lang() === "zh" ? "en" : "zh";
  document.title = `${say("My tasks")} · Doudi 兜底`;
  document.getElementById("top").replaceChildren(
    h(open ? "b" : "h1", say("My tasks")),  // a visit's heading is the family
    list?.synthetic ? h("span.tag", "合成数据 Synthetic") : "",
    h("span.space"),
    h("button", {type: "button", lang: other, onclick: () => {
      speak(other);
      draw();
    }}, other === "zh" ? "中文" : "English"),
    h("button", {type: "button", id: "refresh", onclick: () => sync()}, say("Refresh")));
}

function status(outbox, account) {
  const own = outbox.filter((one) => one.account === account).length;
  const others = new Map();
  for (const one of outbox) {
    if (one.account !== account) others.set(one.account, (others.get(one.account) ?? 0) + 1);
  }
  const lines = [];
  if (state.done) lines.push(h("p.yes", state.done));
  if (state.told) lines.push(h(`p.${state.kind || "no"}`, state.told));
  if (state.kind === "out") {
    lines.push(h("a.button", {href: "/door/sign-in?next=/phone/", id: "sign-in"}, say("Sign in")));
  }
  if (sending) lines.push(h("p.small", say("Sending…")));
  else if (own) lines.push(h("p.small", say("Entries waiting to be sent: {n}", {n: own})));
  else if (account && !state.told) lines.push(h("p.small", say("Everything is sent.")));
  for (const [who, n] of others) {
    lines.push(h("p.no", say("{n} entries of account {account} wait for that account to sign in "
      + "here.", {n, account: who})));
  }
  document.getElementById("status").replaceChildren(...lines);
}

function listed(tasks, list, outbox, doubts, pictures) {
  if (!list) {
    return [h("p.empty", say("The list has not been loaded on this phone yet. Connect once and "
      + "press Refresh."))];
  }
  const waits = new Set([...outbox, ...pictures].map((one) => one.alert));
  const unsure = new Set(doubts.map((one) => one.key));
  const counts = {n: tasks.length, total: list.total};
  const more = list.total > tasks.length
    ? say("{n} of {total} households, due first", counts) : say("{n} households, due first", counts);
  const elsewhere = doubts.filter((one) => !tasks.some((task) => task.key === one.key));
  return [
    tasks.length ? h("p.count", more) : h("p.empty", say("Nothing to visit now. Alerts sent to "
      + "your area appear here; pull them with Refresh.")),
    ...pictures.filter((one) => one.refused).map((one) => h("section",
      h("p.who", `${one.who} · ${one.number}`), refusedPhoto(one, () => drop(one)))),
    ...elsewhere.map((one) => h("section", h("p.who", `${one.who} · ${one.number}`),
      conflict(null, one, list.words))),
    ...tasks.map((task) => card(task, waits.has(task.key), unsure.has(task.key))),
    h("nav", h("a.button", {href: `/tasks?lang=${lang()}`}, say("To the desk")),
      h("button", {type: "button", onclick: leave}, say("Sign out"))),
  ];
}

async function opened(task, account, list, doubts, pictures) {
  const start = store.place(account, task, "");
  const drafts = new Map((await store.all("drafts"))
    .filter((one) => one.id.startsWith(start)).map((one) => [one.field, one]));
  return visit(task, {
    account, drafts, words: list.words, allowance: list.allowance, again: draw,
    conflicts: doubts.filter((one) => one.key === task.key),
    taken: await taken.look(task.key), months: list.photo_months,
    photos: pictures.filter((one) => one.alert === task.key && one.round === task.round),
    photograph: (of, file) => kept(() => photograph(account, of, file)), drop,
    write: (of, field, value) => kept(async () => {
      const shown = drafts.get(field) ?? {field, op: ""};
      shown.value = value;
      drafts.set(field, shown);
      await store.write(account, of, shown, value);
      clearTimeout(timer);
      timer = setTimeout(sync, SOON);
    }),
    finish: (of, found) => kept(async () => {
      await store.finish(account, of, found);
      await taken.wipe(of.key);
      location.hash = "";
      main.focus();
      await sync();
    }),
    take: (of, purpose) => take(account, of, purpose),
    step: (of, said) => kept(async () => {
      await store.step(account, of, said);
      if (said.step === "return") {
        await taken.wipe(of.key);
        location.hash = "";
        main.focus();
      }
      await sync();
    }),
  });
}

async function photograph(account, task, file) {
  try {
    await photos.add(account, task, await store.device(), store.fresh(), file);
  } catch (error) {
    if (error?.name === "QuotaExceededError") throw error;
    tell("no", say("This file is no picture that can be read. Take or choose another one."));
    await draw();
    return;
  }
  await draw();
  await sync();
}

async function drop(photo) {
  await photos.remove(photo.id);
  await draw();
}

// What cannot be kept must be said at once: the person would write in vain.
async function kept(work) {
  try {
    await work();
  } catch (error) {
    tell("no", cannotKeep(error));
    await draw().catch(broken);
  }
}

const cannotKeep = (error) => say("This phone cannot keep what you type: {why}. Write on paper or "
  + "use another browser.", {why: error?.name ?? String(error)});

// Where not even the page's own store can be read, the warning is all that can be shown.
function broken(error) {
  document.getElementById("status").replaceChildren(h("p.no", cannotKeep(error)));
}

function tell(kind, text) {
  state.kind = kind;
  state.told = text;
}

async function ask(path, body, patience = PATIENCE) {
  const stop = new AbortController();
  const lost = setTimeout(() => stop.abort(), patience);
  try {
    const given = body ? {method: "POST", body: JSON.stringify(body), headers: {
      "content-type": "application/json", "x-doudi-form": state.form}} : {};
    const answer = await fetch(path, {...given, signal: stop.signal, cache: "no-store"});
    try {
      return {status: answer.status, content: await answer.json()};
    } catch (error) {
      if (error.name !== "SyntaxError") throw error;
      // A gateway of the network may answer in the server's place, with a page of its own.
      return {status: answer.ok ? STRANGE : answer.status, content: {}};
    }
  } catch {
    return {status: LOST, content: {}};
  } finally {
    clearTimeout(lost);
  }
}

// Who is signed in and what their list is; also the mark with which this page may send.
async function list() {
  const {status: code, content} = await ask("/phone/list");
  if (code === 422) return refused(content);
  if (code !== 200) return code;
  state.form = content.form;
  const {form, ...rest} = content;
  if ((await store.meta("account")) !== content.account) {
    await store.change(content.account);
    await taken.wipeAll();
  }
  await store.reply(content.account, [], rest);
  return 200;
}

function refused(content) {
  tell("no", pick(content.told));
  return REFUSED;
}

async function send() {
  const account = await store.meta("account");
  const operations = await store.request(account);
  if (!operations.length) return NOTHING;
  const {status: code, content} = await ask("/phone/sync", {account, operations});
  if (code === 422) return refused(content);
  if (code !== 200) return code;
  const {results, steps, waiting} = await store.reply(account, content.answers, content.list);
  for (const [, told] of steps) {
    if (told.answer === "done" || told.answer === "same") {
      const words = content.list.words.actions.find((one) => one.code === told.said.step);
      state.done = say("Done: {step}", {step: pick(words)});
    }
  }
  for (const [, told] of results) {
    if (told.answer === "done" || told.answer === "same") {
      const words = content.list.words.outcomes.find((one) => one.code === told.found.outcome);
      state.done = say("Recorded: {result}", {result: pick(words)});
    }
  }
  return waiting ? send() : 200;
}

// Each photo by itself, so that a weak network gets some of them through. Sent again until it is
// answered: the server keeps it once.
async function sendPhotos() {
  const account = await store.meta("account");
  const own = (await photos.all()).filter((one) => one.account === account && !one.refused);
  for (const one of own) {
    const body = await photos.request(one);
    const {status: code, content} = await ask("/phone/photo", body, OF_A_PHOTO);
    if (code !== 200) return code;
    if (content.answer === "done") await photos.remove(one.id);
    else await photos.refuse(one, content.told);
  }
  return own.length ? list() : 200;
}

async function exchange() {
  state.done = "";
  let code = state.form ? await send() : NOTHING;
  if (code !== 200 && code !== LOST) code = await list();
  if (code === 200) {
    const sent = await send();
    code = sent === NOTHING ? 200 : sent;
  }
  if (code === 200) code = await sendPhotos();
  if (code === 200) tell("", "");
  else if (code === 401) {
    state.form = "";
    tell("out", say("Signed out. What you wrote is kept here; sign in to send it."));
  } else if (code === LOST) {
    tell("off", say("No network. What you write is kept here and sent later."));
  } else if (code !== REFUSED) {
    tell("no", say("The server did not answer. What you wrote is kept; try again later."));
  }
}

// One exchange at a time: a second request waits for the first, then asks for what came since.
async function sync() {
  if (sending) {
    sending.again = true;
    return;
  }
  do {
    sending = {again: false};
    const now = sending;
    await draw();
    await exchange().catch((error) => tell("no", String(error)));
    sending = null;
    if (!now.again) break;
  } while (true);
  await draw();
}

async function take(account, task, purpose) {
  if (!state.form && (await list()) !== 200) return say("Taking names along needs the network.");
  const {status: code, content} = await ask("/phone/take", {account, alert: task.key, purpose});
  if (code === 422) return pick(content.told);
  if (code !== 200) return say("Taking names along needs the network.");
  await taken.keep(task.key, content.people);
  await draw();
  return "";
}

async function leave() {
  await taken.wipeAll();
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(BACK)) sessionStorage.removeItem(name);
  }
  await store.leave();  // the next one to hold this phone reads no family
  location.href = "/door/sign-out";
}

async function start() {
  speak(lang());
  await taken.sweep().catch(() => {});
  await photos.sealOld().catch(() => {});
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/phone/worker.js", {scope: "/phone/"}).catch(() => {});
  }
  navigator.storage?.persist?.().catch(() => {});
  await learn().catch(() => {});  // without its words the page speaks English
  await kept(store.replay);
  await draw();
  await sync();
}

addEventListener("hashchange", async () => {
  document.activeElement?.blur();
  await draw();
  scrollTo(0, 0);
});
addEventListener("online", () => sync());
addEventListener("focusout", () => setTimeout(() => state.stale && draw(), 600));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) sync();
});
start().catch(broken);
