/* Questions and large views above everything. */

import { GROUP_COLOR, avatar, el, icon } from "./dom.js";
import { store } from "./store.js";
import { pageLanguage, say } from "./words.js";

/** Opens a dialog; resolves with what `finish` was given, or null when it was closed. */
export function ask(title, fill, className = "") {
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: className, "aria-label": title });
    let answer = null;
    const finish = (value) => {
      answer = value;
      dialog.close();
    };
    const close = el("button", { type: "button", class: "round", "aria-label": say("close"), onclick: () => finish(null) }, icon("close"));
    dialog.append(el("header", {}, el("h2", {}, title), close), ...fill(finish));
    dialog.addEventListener("click", (event) => event.target === dialog && finish(null));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("[autofocus]")?.focus();
  });
}

export const showPhoto = (url, text) =>
  ask(say("photo"), () => [el("img", { src: url, alt: text || say("photo") }), text ? el("p", {}, text) : ""], "photo-view");

function field(label, input) {
  return el("label", { class: "field" }, el("span", {}, label), input);
}

function form(fields, word, submit) {
  const node = el("form", { method: "dialog" }, fields, el("div", { class: "actions" }, el("button", { class: "primary", type: "submit", "data-testid": "dialog-ok" }, say(word))));
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(new FormData(node));
  });
  return node;
}

let lastPoint = { latitude: 31.23039, longitude: 121.47370 };

export function askLocation() {
  const number = (name, most) =>
    el("input", { name, type: "number", step: "any", min: -most, max: most, required: true, value: lastPoint[name], "data-testid": name });
  return ask(say("location"), (finish) => [
    form([field(say("latitude"), number("latitude", 90)), field(say("longitude"), number("longitude", 180))], "share", (data) => {
      lastPoint = { latitude: Number(data.get("latitude")), longitude: Number(data.get("longitude")) };
      finish(lastPoint);
    }),
  ]);
}

/** {name, label, language} of a person who is to get a phone. */
export function askPerson() {
  const text = (name, hint, required) =>
    el("input", { name, type: "text", required, autofocus: required, placeholder: hint, autocomplete: "off", maxlength: "60", "data-testid": `person-${name}` });
  const languages = [["zh-hans", "简体中文"], ["en", "English"]].map(([code, name]) =>
    el("option", { value: code, selected: code.startsWith(pageLanguage()) }, name),
  );
  return ask(say("newPerson"), (finish) => [
    form(
      [
        field(say("personName"), text("name", say("personNameHint"), true)),
        field(say("personLabel"), text("label", say("personLabelHint"), false)),
        field(say("language"), el("select", { name: "language" }, languages)),
      ],
      "add",
      (data) => {
        const name = data.get("name").trim();
        const label = data.get("label").trim();
        if (name) finish({ name, language: data.get("language"), ...(label ? { label } : {}) });
      },
    ),
  ]);
}

/** The id of a group the person is in. */
export function askGroup(chats) {
  return ask(say("whichGroup"), (finish) => {
    const rows = chats.map((chat) =>
      el("button", { type: "button", class: "row", "data-testid": `group-${chat.id}`, onclick: () => finish(chat.id) }, avatar(chat.title, GROUP_COLOR, "group"), el("b", {}, chat.title)),
    );
    return [rows.length ? el("div", { class: "rows" }, rows) : el("p", { class: "none" }, say("noGroups"))];
  });
}

/** A person's id, or "new". */
export function askOpener(labelOf, first) {
  const people = [...store.people.values()];
  people.sort((a, b) => Number(first.has(String(b.id))) - Number(first.has(String(a.id))));
  return ask(say("whoOpens"), (finish) => {
    const rows = people.map((person) =>
      el(
        "button",
        { type: "button", class: "row", "data-testid": `open-as-${person.id}`, onclick: () => finish(String(person.id)) },
        avatar(person.name, person.color),
        el("span", { class: "about" }, el("b", {}, person.name), el("small", {}, labelOf(person))),
      ),
    );
    const fresh = el("button", { type: "button", class: "row fresh", autofocus: true, "data-testid": "open-as-new", onclick: () => finish("new") }, el("span", { class: "avatar" }, icon("add")), el("b", {}, say("newPhone")));
    return [el("p", { class: "hint" }, say("whoOpensHint")), el("div", { class: "rows" }, fresh, rows)];
  });
}
