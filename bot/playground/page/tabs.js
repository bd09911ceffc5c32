/* The row of tabs: one for each phone that is shown, with what is unread. */

import { $, avatar, el } from "./dom.js";
import { allPlaces } from "./picker.js";
import { countUnread } from "./store.js";
import { say } from "./words.js";

/** @param hub {places(), active, go(place, {focus}), isLit(place), openPicker()} */
export function setUpTabs(hub) {
  $("tabs").addEventListener("keydown", (event) => {
    const places = hub.places();
    const here = places.indexOf(event.target.closest("[role=tab]")?.dataset.place);
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: places.length - 1 }[event.key];
    if (to === undefined || here < 0) return;
    event.preventDefault();
    const place = places[(to + places.length) % places.length];
    hub.go(place);
    tabOf(place)?.focus();
  });
  $("others").addEventListener("click", () => hub.openPicker());
}

const tabOf = (place) => $("tabs").querySelector(`[data-place="${CSS.escape(place)}"]`);

export function renderTabs(hub) {
  const known = new Map(allPlaces().map((entry) => [entry.place, entry]));
  const focused = document.activeElement?.dataset?.place;
  const shown = hub.places();
  $("tabs").replaceChildren(...shown.filter((place) => known.has(place)).map((place) => tab(known.get(place), hub)));
  if (focused) tabOf(focused)?.focus({ preventScroll: true });
  const others = [...known.keys()].filter((place) => !shown.includes(place) && countUnread(place)).length;
  $("others").hidden = !others;
  $("others").setAttribute("aria-label", say("others", { n: others }));
  $("others").replaceChildren(el("span", { class: "wide-only" }, say("others", { n: others })), el("span", { class: "narrow-only" }, `+${others}`));
}

function tab({ place, name, role, color, shape }, hub) {
  const active = place === hub.active;
  const unread = countUnread(place);
  const node = el(
    "button",
    {
      type: "button", role: "tab", class: "tab", "data-place": place, "data-testid": `tab-${place}`,
      "aria-selected": String(active), "aria-controls": `phone-${place}`, tabindex: active ? "0" : "-1",
      "aria-label": [name, role, unread ? say("unread", { n: unread }) : ""].filter(Boolean).join("，"),
      onclick: () => hub.go(place, { focus: true }),
    },
    avatar(name, color, shape),
    el("span", { class: "tab-name" }, name),
    unread ? el("span", { class: "badge" }, unread > 99 ? "99+" : String(unread)) : null,
  );
  node.classList.toggle("lit", hub.isLit(place));
  return node;
}

/** Keeps the tab of the phone in view in view itself, without moving the page. */
export function showActiveTab(place) {
  for (const node of $("tabs").children) {
    const active = node.dataset.place === place;
    node.setAttribute("aria-selected", String(active));
    node.tabIndex = active ? 0 : -1;
    if (!active) continue;
    const row = $("tabs");
    const to = node.offsetLeft - (row.clientWidth - node.offsetWidth) / 2;
    row.scrollTo({ left: to, behavior: "instant" });
  }
}
