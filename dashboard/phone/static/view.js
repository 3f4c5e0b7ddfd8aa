// Small pieces of the page. Text is always set as text, never as markup.

let table = {};
// Chosen here before, else asked for by the link that led here, else Chinese.
const asked = new URLSearchParams(location.search).get("lang");
let language = ["zh", "en"].includes(asked) ? asked
  : localStorage.getItem("doudi-phone-language") || "zh";

export const lang = () => language;

export function speak(chosen) {
  language = chosen;
  localStorage.setItem("doudi-phone-language", chosen);
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
}

export async function learn() {
  table = await (await fetch("/phone/words.json")).json();
}

// A message in the chosen language, its values filled in.
export function say(message, values = {}) {
  const text = language === "zh" ? table[message] || message : message;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// The one of two texts that is in the chosen language.
export const pick = (both) => (both ? both[language] ?? both.zh ?? "" : "");

// An element: h("p.small", {onclick}, "text", child, …).
export function h(name, ...rest) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  element.classList.add(...classes);
  const given = rest[0] && rest[0].constructor === Object ? rest.shift() : {};
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...rest.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== ""));
  return element;
}

const SHAPE = {red: "▲", orange: "◆", yellow: "●", lower: "■"};

export const dueWord = (task) => ({
  late: say("overdue"), near: say("due soon"), ok: say("in time"),
})[task.due];

export const band = (task) => h(`span.band.${task.band}`, SHAPE[task.band] ?? "–", " ",
  pick(task.band_word));

// One of several answers, in buttons for a thumb; tapping the chosen one again takes it back.
export function choice(label, options, chosen, onchoose) {
  const buttons = options.map(([code, words]) => h("button.option", {
    type: "button", "aria-pressed": String(code === chosen), "data-code": code,
    onclick: () => onchoose(code === chosen ? "" : code),
  }, words));
  return h("div.choice", {role: "group", "aria-label": label}, buttons);
}

export function card(task, waiting, doubts) {
  const due = task.due_on
    ? h(`span.due.${task.due}`, `${say("Due")} ${task.due_on.slice(5)} · ${dueWord(task)}`) : null;
  const told = task.result?.answer === "waiting" || task.stepped?.answer === "waiting"
    ? h("span.mark", say("Recorded on this phone; waiting to be sent.")) : null;
  return h("a.card", {href: `#${task.key}`},
    h("div.line", band(task), task.urgent ? h("span.urgent", "! ", say("urgent")) : null, due),
    h("div.who", task.who ? `${task.who} · ` : "", h("span.number", task.number)),
    h("div.where", pick(task.place)),
    h("ul", task.reasons.slice(0, 3).map((reason) => h("li", pick(reason)))),
    h("div.foot", pick(task.state_word),
      task.tries ? ` · ${say("not met {n}×", {n: task.tries})}` : "",
      waiting ? h("span.mark", " ⇡") : null,
      doubts ? h("span.mark.doubt", " ≠") : null, told));
}
