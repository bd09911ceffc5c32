/* Which phones are shown, out of possibly many. */

import { ask } from "./dialogs.js";
import { GROUP_COLOR, avatar, el } from "./dom.js";
import { countUnread, groups, key, store } from "./store.js";
import { labelOf } from "./phone.js";
import { say } from "./words.js";

export const MOST_PHONES = 12;
const DEFAULT_PEOPLE = 6;

export function defaultPlaces() {
  return [...[...store.people.keys()].slice(0, DEFAULT_PEOPLE), ...groups().slice(0, 1).map(({ id }) => key(id))];
}

/** Every phone there could be: people first, then groups. */
export function allPlaces() {
  const people = [...store.people.values()].map((person) => ({
    place: key(person.id), name: person.name, role: labelOf(person), color: person.color, shape: null,
  }));
  const chats = groups().map((chat) => ({
    place: key(chat.id), name: chat.title, role: say("members", { n: chat.members.length }), color: GROUP_COLOR, shape: "group",
  }));
  return [...people, ...chats];
}

/** ids or names, separated by commas; what is unknown is left out. */
export function placesOf(list) {
  const wanted = list.split(",").map((word) => word.trim()).filter(Boolean);
  const known = allPlaces();
  const found = wanted.map((word) => known.find(({ place, name }) => place === word || name === word)?.place);
  return [...new Set(found.filter(Boolean))].slice(0, MOST_PHONES);
}

/** @param hub {isShown, show, hide, setPlaces, countShown} */
export function openPicker(hub) {
  return ask(say("people"), () => {
    const count = el("p", { class: "hint" });
    const rows = el("div", { class: "rows" });
    const search = el("input", { type: "search", placeholder: say("search"), "aria-label": say("search"), autofocus: true, "data-testid": "people-search" });
    const draw = () => {
      count.textContent = say("shown", { n: hub.countShown(), max: MOST_PHONES });
      const found = allPlaces().filter((entry) => fits(entry, search.value));
      found.sort((a, b) => countUnread(b.place) - countUnread(a.place));
      rows.replaceChildren(...(found.length ? found.map((entry) => row(entry, hub, count)) : [el("p", { class: "none" }, say("noneFound"))]));
    };
    const button = (word, places) =>
      el("button", { type: "button", class: "quiet", onclick: () => { hub.setPlaces(places()); draw(); } }, say(word));
    search.addEventListener("input", draw);
    draw();
    return [search, count, rows, el("div", { class: "actions" }, button("defaults", defaultPlaces), button("clear", () => []))];
  }, "picker");
}

function fits({ place, name, role }, text) {
  const sought = text.trim().toLowerCase();
  return !sought || place === sought || name.toLowerCase().includes(sought) || role.toLowerCase().includes(sought);
}

function row({ place, name, role, color, shape }, hub, count) {
  const box = el("input", { type: "checkbox", checked: hub.isShown(place), "data-testid": `pick-${place}` });
  box.addEventListener("change", () => {
    if (box.checked) box.checked = hub.show(place, { quiet: true });
    else hub.hide(place);
    count.textContent = say("shown", { n: hub.countShown(), max: MOST_PHONES });
  });
  const unread = countUnread(place);
  return el(
    "label",
    { class: "row" },
    avatar(name, color, shape),
    el("span", { class: "about" }, el("b", {}, name), el("small", {}, role)),
    unread ? el("span", { class: "badge", "aria-label": say("unread", { n: unread }) }, String(unread)) : null,
    box,
  );
}
