// What the phone keeps: the list, drafts of every field, and an outbox of operations.
//
// An operation has an id made here. It is sent again until the server has answered it; the server
// does it once. A field's operation says which operation's value it was written upon (`base`), so
// that nobody's value is overwritten unseen. tests/alerts/visits/phones.py mirrors this file.

const STORES = {tasks: "key", drafts: "id", outbox: "n", meta: "name", taken: "id"};
export const RESULT = "result";
export const STEP = "step";
const AT_ONCE = 50; // operations in one request

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("doudi-phone", 1);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        asked.result.createObjectStore(name, {keyPath, autoIncrement: name === "outbox"});
      }
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

const answer = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// Run `work` within one transaction over some stores; done when it is on the disk.
async function within(names, work, mode = "readwrite") {
  const run = (await open()).transaction(names, mode);
  const ended = new Promise((resolve, reject) => {
    run.oncomplete = resolve;
    run.onabort = run.onerror = () => reject(run.error);
  });
  const stores = Object.fromEntries(names.map((name) => [name, run.objectStore(name)]));
  const told = await work(stores);
  await ended;
  return told;
}

export const all = (name) => within([name], (s) => answer(s[name].getAll()), "readonly");
export const get = (name, key) => within([name], (s) => answer(s[name].get(key)), "readonly");
export const put = (name, value) => within([name], (s) => answer(s[name].put(value)));
export const remove = (name, key) => within([name], (s) => answer(s[name].delete(key)));
export const clear = (name) => within([name], (s) => answer(s[name].clear()));

export async function meta(name, fallback = "") {
  return (await get("meta", name))?.value ?? fallback;
}

export async function device() {
  let known = await meta("device");
  if (!known) {
    known = fresh();
    await put("meta", {name: "device", value: known});
  }
  return known;
}

// A number of its own; randomUUID is there on secure pages only.
export function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const place = (account, task, field) => `${account}|${task.key}|${task.round}|${field}`;

function made(account, task, field, value, base, from) {
  return {
    id: fresh(), account, alert: task.key, round: task.round, seen_event: task.seen_event,
    field, value, base, device: from, at: new Date().toISOString(), sent: false,
  };
}

const TYPED = "doudi-phone-typed:";

// What was typed is put down at once, before anything can be waited for: a page that is closed in
// the middle of a word has it.
function note(id, given) {
  try {
    localStorage.setItem(TYPED + id, JSON.stringify(given));
  } catch {
    // full or forbidden: the store below still has it a moment later
  }
}

// Into the store with what the page had no time to put there.
export async function replay() {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(TYPED))) {
    const {account, task, field, value, seen} = JSON.parse(localStorage.getItem(name));
    await write(account, task, {field, op: seen}, value);
  }
}

let turn = Promise.resolve();

// A keystroke: it joins the newest operation of the field while that was never sent. `shown` is the
// field as the page shows it: `op` is the operation whose value the person sees, and moves on with
// what they write. A list that came meanwhile may hold somebody else's value; a box that has the
// focus does not show it yet, so it must not count as seen.
export async function write(account, task, shown, value) {
  const {field} = shown;
  const id = place(account, task, field);
  const {key, round, seen_event} = task;
  const given = {account, task: {key, round, seen_event}, field, value, seen: shown.op};
  note(id, given);
  const before = turn;
  turn = (async () => {
    await before.catch(() => {});
    shown.op = await joined(id, {...given, seen: shown.op}, await device());
  })();
  await turn;
  if (localStorage.getItem(TYPED + id) === JSON.stringify(given)) {
    localStorage.removeItem(TYPED + id);
  }
}

async function joined(id, {account, task, field, value, seen}, from) {
  return within(["drafts", "outbox"], async (s) => {
    const draft = (await answer(s.drafts.get(id))) ?? {id, field, value: "", op: ""};
    const waiting = (await answer(s.outbox.getAll())).filter((one) =>
      place(one.account, {key: one.alert, round: one.round}, one.field) === id);
    const last = waiting.at(-1);
    if (last && !last.sent) {
      await answer(s.outbox.put({...last, value, at: new Date().toISOString()}));
    } else {
      const next = made(account, task, field, value, last?.id ?? seen ?? draft.op, from);
      await answer(s.outbox.add(next));
      draft.op = next.id;
    }
    await answer(s.drafts.put({...draft, value, refused: null}));
    return draft.op;
  });
}

// The result of a visit; one that was never sent is replaced.
export async function finish(account, task, found) {
  const from = await device();
  const value = JSON.stringify(found);
  return within(["tasks", "outbox"], async (s) => {
    const own = (await answer(s.outbox.getAll())).find((one) => one.field === RESULT && !one.sent
      && one.account === account && one.alert === task.key && one.round === task.round);
    if (own) await answer(s.outbox.put({...own, value}));
    else await answer(s.outbox.add(made(account, task, RESULT, value, "", from)));
    const kept = await answer(s.tasks.get(task.key));
    await answer(s.tasks.put({...(kept ?? task), result: {found, answer: "waiting"}}));
  });
}

// The case taken on, or sent back with a reason; one that was never sent is replaced.
export async function step(account, task, said) {
  const from = await device();
  const value = JSON.stringify(said);
  return within(["tasks", "outbox"], async (s) => {
    const own = (await answer(s.outbox.getAll())).find((one) => one.field === STEP && !one.sent
      && one.account === account && one.alert === task.key);
    if (own) await answer(s.outbox.put({...own, value}));
    else await answer(s.outbox.add(made(account, task, STEP, value, "", from)));
    const kept = await answer(s.tasks.get(task.key));
    await answer(s.tasks.put({...(kept ?? task), stepped: {said, answer: "waiting"}}));
  });
}

// What is sent next: always from the oldest operation that has no answer yet.
export async function request(account) {
  return within(["outbox"], async (s) => {
    const own = (await answer(s.outbox.getAll())).filter((one) => one.account === account);
    const next = own.slice(0, AT_ONCE);
    for (const one of next) if (!one.sent) await answer(s.outbox.put({...one, sent: true}));
    return next;
  });
}

// The server's answers and its list. A field that still waits to be sent keeps what was typed.
export async function reply(account, answers, list) {
  return within(["tasks", "drafts", "outbox", "meta"], async (s) => {
    const known = new Map(answers.map((one) => [one.id, one]));
    const results = new Map();
    const steps = new Map();
    const waiting = [];
    for (const one of await answer(s.outbox.getAll())) {
      const told = known.get(one.id);
      if (!told) {
        waiting.push(one);
        continue;
      }
      await answer(s.outbox.delete(one.n));
      if (one.field === RESULT) results.set(one.alert, {...told, found: JSON.parse(one.value)});
      else if (one.field === STEP) steps.set(one.alert, {...told, said: JSON.parse(one.value)});
      else if (told.answer === "refused") await refuse(s, one, told);
    }
    if (list) await relist(s, account, list, waiting, {[RESULT]: results, [STEP]: steps});
    return {results, steps, waiting: waiting.filter((one) => one.account === account).length};
  });
}

async function refuse(s, one, told) {
  const id = place(one.account, {key: one.alert, round: one.round}, one.field);
  const draft = await answer(s.drafts.get(id));
  if (draft?.op === one.id) await answer(s.drafts.put({...draft, refused: told.told ?? {}}));
}

// A result or step that waits or was not accepted stays with its task; any other is the server's
// to tell.
function stillOpen(field, key, answered, before, waiting) {
  const told = answered[field].get(key);
  if (told) return told.answer === "refused" ? told : null;
  const kept = before?.[field === STEP ? "stepped" : "result"] ?? null;
  if (kept?.answer === "refused") return kept;
  return waiting.some((one) => one.field === field && one.alert === key) ? kept : null;
}

async function relist(s, account, list, waiting, answered) {
  const before = new Map((await answer(s.tasks.getAll())).map((one) => [one.key, one]));
  const own = waiting.filter((one) => one.account === account);
  const pending = new Set(own.map((one) =>
    place(one.account, {key: one.alert, round: one.round}, one.field)));
  await answer(s.tasks.clear());
  for (const task of list.tasks) {
    const result = stillOpen(RESULT, task.key, answered, before.get(task.key), own);
    const stepped = stillOpen(STEP, task.key, answered, before.get(task.key), own);
    await answer(s.tasks.put({...task, result, stepped}));
    before.delete(task.key);
    for (const [field, told] of Object.entries(task.sheet)) {
      const id = place(account, task, field);
      if (pending.has(id)) continue;
      const draft = await answer(s.drafts.get(id));
      if (draft?.refused) continue;
      await answer(s.drafts.put({id, field, value: told.value, op: told.op, by: told.by}));
    }
  }
  // What left the list stays in sight while something of it waits or was not accepted.
  for (const task of before.values()) {
    const result = stillOpen(RESULT, task.key, answered, task, own);
    const stepped = stillOpen(STEP, task.key, answered, task, own);
    const mine = own.some((one) => one.alert === task.key);
    if (mine || result || stepped) {
      await answer(s.tasks.put({...task, result, stepped, left: true}));
    }
  }
  await answer(s.meta.put({name: "list", value: {...list, tasks: undefined}}));
}

// Signed out: what is not waiting to be sent is gone, families and notes alike.
export async function leave() {
  await within(["tasks", "drafts", "outbox"], async (s) => {
    const waiting = new Set((await answer(s.outbox.getAll())).map((one) =>
      place(one.account, {key: one.alert, round: one.round}, one.field)));
    for (const draft of await answer(s.drafts.getAll())) {
      if (!waiting.has(draft.id)) await answer(s.drafts.delete(draft.id));
    }
    await answer(s.tasks.clear());
  });
}

// Somebody else signed in: their list, not that of the one before. What waits stays.
export async function change(account) {
  await within(["tasks", "taken", "meta"], async (s) => {
    await answer(s.tasks.clear());
    await answer(s.taken.clear());
    await answer(s.meta.put({name: "account", value: account}));
  });
}
