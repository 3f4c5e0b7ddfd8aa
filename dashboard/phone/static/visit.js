// One household on the screen: reasons and what to check, what was found, names taken along.

import * as store from "./store.js";
import * as photos from "./photos.js";
import * as taken from "./taken.js";
import {band, choice, dueWord, h, lang, pick, say} from "./view.js";

export const BACK = "doudi-phone-back:"; // reasons for sending back, until they are sent
const word = (list, code) => pick((list ?? []).find((one) => one.code === code)) || code;

// What a field of the sheet is called.
export function fieldName(task, field) {
  const [kind, code] = field.split(":");
  const reason = task?.reasons.find((one) => one.code === code);
  const need = task?.needs.find((one) => one.code === code);
  return {
    note: say("Note"), result: say("Result"), outcome: say("What the visit found"),
    cause: say("Cause"), tick: `${say("Checked on site")}: ${pick(reason) || code}`,
    fact: `${say("Is it true?")} ${pick(reason) || code}`, need: pick(need) || code,
  }[kind] ?? field;
}

// A value of a field in words.
export function valueWords(words, field, value) {
  const [kind] = field.split(":");
  if (!value) return say("nothing");
  if (kind === "step") return word(words.actions, JSON.parse(value).step);
  if (kind === "result") {
    const told = JSON.parse(value);
    const main = told.outcome ? word(words.outcomes, told.outcome) : word(words.actions, told.action);
    const parts = [main, told.cause && word(words.causes, told.cause), told.note];
    return parts.filter(Boolean).join(" · ");
  }
  if (kind === "fact") return word(words.truths, value);
  if (kind === "tick") return "✓";
  if (kind === "cause") return word(words.causes, value);
  return kind === "note" ? value : word(words.outcomes, value);
}

export function conflict(task, one, words) {
  const side = (value, by, at) => h("div.side", h("b", valueWords(words, one.field, value)),
    h("small", say("{who}, {when}", {who: by, when: at})));
  return h("div.doubt", {"data-conflict": one.id},
    h("p", `${fieldName(task, one.field)}: `,
      say("Two values were written; one must be chosen at the desk.")),
    side(one.kept, one.kept_by, one.kept_at), side(one.other, one.other_by, one.other_at),
    h("a.button", {href: `/tasks?lang=${lang()}`}, say("Settle at the desk")));
}

// Draws a visit; `page` has account, words, allowance, drafts of this visit, and `again`.
export function visit(task, page) {
  const value = (field) => page.drafts.get(field)?.value ?? "";
  const write = async (field, text, redraw = true) => {
    await page.write(task, field, text);
    if (redraw) page.again();
  };
  return h("article", {"data-key": task.key},
    h("a.back", {href: "#"}, "‹ ", say("Back to the list")),
    head(task),
    page.conflicts.map((one) => conflict(task, one, page.words)),
    stepsPart(task, page),
    takenPart(task, page),
    members(task),
    h("h2", say("Why the alert was raised, and what to check")),
    task.reasons.map((reason) => reasonPart(reason, page.words, value, write)),
    task.may_record
      ? found(task, page, value, write)
      : h("p.small", say("Only seen here: needs are settled at the desk.")));
}

function head(task) {
  return h("section.head",
    h("div.line", band(task), task.urgent ? h("span.urgent", "! ", say("urgent")) : null,
      pick(task.state_word)),
    h("h1", task.who ? `${task.who} · ` : "", h("span.number", task.number)),
    h("div.where", pick(task.place)),
    task.due_on ? h(`p.due.${task.due}`, `${say("Due")} ${task.due_on} · ${dueWord(task)}`) : null);
}

// The case taken on with one tap, or sent back with a reason; also without a network.
function stepsPart(task, page) {
  const told = task.stepped;
  const word_ = told ? word(page.words.actions, told.said.step) : "";
  const line = told?.answer === "refused"
    ? h("p.no", {role: "alert"}, say("“{step}” was not accepted: {why}",
      {step: word_, why: pick(told.told)}))
    : told ? h("p.yes", say("“{step}” is kept on this phone; waiting to be sent.", {step: word_}))
      : null;
  const can = task.left ? [] : task.steps ?? [];
  const accepted = told?.answer === "waiting" && told.said.step === "accept";
  const accept = can.includes("accept") && !accepted
    ? h("button.go", {type: "button", id: "accept",
      onclick: () => page.step(task, {step: "accept"})}, say("Accept this case")) : null;
  if (!line && !can.length) return null;
  return h("section.steps", line, accept, can.includes("return") ? backPart(task, page) : null);
}

function backPart(task, page) {
  const missing = h("p.no", {role: "alert", hidden: true});
  const typed = `${BACK}${task.key}`;
  const why = h("textarea", {rows: "2", maxlength: "500", id: "back-why",
    oninput: () => sessionStorage.setItem(typed, why.value)});
  why.value = sessionStorage.getItem(typed) ?? "";  // a page drawn anew keeps what was typed
  return h("details.back-part", h("summary", say("Send this case back")),
    h("p.small", say("What a village sends back goes to its township, what a township sends back "
      + "to the county team.")),
    h("label.ask", {for: "back-why"}, say("Why (no names, ID or phone numbers)")), why, missing,
    h("button", {type: "button", id: "send-back", onclick: async () => {
      const note = why.value.trim();
      missing.hidden = Boolean(note);
      missing.textContent = say("Say in one sentence why it is sent back.");
      if (!note) return;
      sessionStorage.removeItem(typed);
      await page.step(task, {step: "return", note});
    }}, say("Send this case back")));
}

function members(task) {
  if (!task.members.length) return null;
  const rows = task.members.map((one) => h("li", [pick(one.relation), pick(one.sex),
    one.age === null ? "" : say("{age} years", {age: one.age}),
    one.disabled ? say("disabled") : ""].filter(Boolean).join(" · ")));
  return h("details", h("summary", `${say("Who lives there")} (${task.members.length})`),
    h("ul", rows));
}

function reasonPart(reason, words, value, write) {
  const tick = `tick:${reason.code}`;
  const fact = `fact:${reason.code}`;
  const box = h("input", {
    type: "checkbox", checked: value(tick) === "1",
    onchange: (event) => write(tick, event.target.checked ? "1" : "", false),
  });
  return h("section.reason", {"data-reason": reason.code},
    h("p.told", pick(reason)),
    h("label.tick", box, h("span", reason.check ? pick(reason.check) : say("Checked on site"))),
    h("p.ask", say("Is it true?")),
    choice(`${say("Is it true?")} ${pick(reason)}`, options(words.truths),
      value(fact), (code) => write(fact, code)));
}

const options = (list) => list.map((one) => [one.code, pick(one)]);

function found(task, page, value, write) {
  const {words} = page;
  const outcome = value("outcome");
  const needs = outcome === "confirmed" ? task.needs.map((need) => h("section.need",
    h("p.told", pick(need), h("small", ` ${pick(need.department)}`)),
    choice(pick(need), options(words.findings), value(`need:${need.code}`),
      (code) => write(`need:${need.code}`, code)))) : [];
  const note = h("textarea", {
    rows: "4", maxlength: "2000", id: "note",
    oninput: (event) => write("note", event.target.value, false),
  });
  note.value = value("note");
  const refused = page.drafts.get("note")?.refused;
  return [
    h("h2", say("What the visit found")),
    choice(say("What the visit found"), options(words.outcomes), outcome,
      (code) => write("outcome", code)),
    outcome === "false_alarm" ? [h("p.ask", say("Why it was false")),
      choice(say("Why it was false"), options(words.causes), value("cause"),
        (code) => write("cause", code))] : null,
    needs.length ? [h("h2", say("Each need")), needs] : null,
    h("label.ask", {for: "note"}, say("Note (optional; no names, ID or phone numbers)")),
    note,
    refused ? h("p.no", {role: "alert"}, say("Not accepted: {why}", {why: pick(refused)})) : null,
    photosPart(task, page),
    resultPart(task, page, value),
  ];
}

// A photo that the server will not keep: why, and the way to be rid of it.
export function refusedPhoto(photo, ondrop) {
  return h("div.no", {role: "alert"},
    h("p", say("A photo was not accepted: {why}", {why: pick(photo.refused)})),
    h("button", {type: "button", onclick: ondrop}, say("Remove this photo")));
}

function photosPart(task, page) {
  const left = photos.MOST - page.photos.length - task.photos;
  const box = h("section.photos", h("h2", say("Photos (optional, at most {n})", {n: photos.MOST})),
    h("p.small", say("With the family's consent only; of the house or papers rather than of people. "
      + "Kept encrypted for {n} months; every look at one is recorded.", {n: page.months})));
  if (!photos.canSeal()) {
    box.append(h("p.no", say("This page came without TLS, so photos wait unencrypted on this phone "
      + "until they are sent.")));
  }
  if (task.photos) box.append(h("p.yes", say("Photos sent: {n}", {n: task.photos})));
  const waiting = page.photos.filter((one) => !one.refused);
  if (waiting.length) box.append(h("ul.pictures", waiting.map((one, n) => waits(one, n, page))));
  for (const one of page.photos.filter((each) => each.refused)) {
    box.append(refusedPhoto(one, () => page.drop(one)));
  }
  if (left > 0) {
    const file = h("input", {type: "file", accept: "image/*", id: "photo", onchange: (event) => {
      const [chosen] = event.target.files;
      event.target.value = "";
      if (chosen) page.photograph(task, chosen);
    }});
    box.append(h("label.button.add", {for: "photo"}, say("Take or choose a photo")), file);
  }
  return box;
}

function waits(photo, n, page) {
  const canvas = h("canvas", {width: "96", height: "96", role: "img",
    "aria-label": say("Photo {n}, waiting to be sent", {n: n + 1})});
  photos.draw(canvas, photo).catch(() => {});
  return h("li", canvas, h("button", {type: "button", onclick: () => page.drop(photo)},
    say("Remove this photo")));
}

function resultPart(task, page, value) {
  const told = task.result;
  const line = told?.answer === "refused"
    ? h("p.no", {role: "alert"}, say("Not accepted: {why}", {why: pick(told.told)}))
    : told ? h("p.yes", say("Recorded on this phone; waiting to be sent.")) : null;
  const missing = h("p.no", {role: "alert", hidden: true});
  const go = h("button.go", {type: "button", onclick: async () => {
    const result = {
      outcome: value("outcome"), note: document.getElementById("note").value.trim(),
      cause: value("outcome") === "false_alarm" ? value("cause") : "", needs: {}, facts: {},
    };
    for (const {code} of task.reasons) {
      if (value(`fact:${code}`)) result.facts[code] = value(`fact:${code}`);
    }
    if (result.outcome === "confirmed") {
      for (const need of task.needs) result.needs[need.code] = value(`need:${need.code}`);
    }
    const why = lacking(result);
    missing.hidden = !why;
    missing.textContent = why;
    if (!why) await page.finish(task, result);
  }}, told ? say("Change and record again") : say("Record this result"));
  return [line, missing, go];
}

// What a result still lacks, in words; '' for nothing.
function lacking(result) {
  if (!result.outcome) return say("Choose what the visit found first.");
  if (result.outcome === "false_alarm" && !result.cause) return say("Say why the alert was false.");
  const found = Object.values(result.needs);
  if (result.outcome !== "confirmed") return "";
  if (found.some((one) => !one)) return say("Answer for each need.");
  if (!found.includes("confirmed")) {
    return say("Confirm at least one need, or choose another result.");
  }
  return "";
}

function takenPart(task, page) {
  const box = h("details.taken", h("summary", say("Name, address and phone")));
  if (page.taken) box.open = true;
  if (page.taken) {
    const {people, until} = page.taken;
    box.append(
      ...people.map((one) => h("p", [one.name, one.phone, one.address].filter(Boolean).join(" · "))),
      people.length ? "" : h("p", say("The vault knows nobody of this household.")),
      h("p.small", until ? say("On this phone until {when}", {when: new Date(until).toLocaleString(
        lang() === "zh" ? "zh-CN" : "en-GB")}) : say("Shown until this page is closed")),
      h("button", {type: "button", onclick: async () => {
        await taken.wipe(task.key);
        page.again();
      }}, say("Wipe from this phone")));
    return box;
  }
  const told = h("p.no", {role: "alert", hidden: true});
  const purposes = [say("Preparing a visit"), say("Calling the family"),
    say("Checking an identity on site")];
  box.append(h("p.small", say("Names, address and phone are shown for a stated purpose. It is "
    + "recorded and counts against your {n} households a day. They are wiped from this phone with "
    + "the result, when you sign out, and after 24 hours.", {n: page.allowance})), told,
    ...purposes.map((purpose) => h("button", {type: "button", onclick: async () => {
      const why = await page.take(task, purpose);
      told.hidden = !why;
      told.textContent = why;
    }}, `${say("Take along")}: ${purpose}`)));
  return box;
}
