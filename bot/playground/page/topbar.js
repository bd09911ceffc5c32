/* The upper edge of the page: the demo's clock, faults, language. */

import { $, attachMenu, el, icon } from "./dom.js";
import { nowOfClock, store } from "./store.js";
import { fullDayOf, timeOf } from "./times.js";
import { faultName, pageLanguage, say } from "./words.js";
import { post } from "./wire.js";

function labelTool(node, word, shape, text = null) {
  node.replaceChildren(...[shape && icon(shape), text].filter(Boolean));
  node.setAttribute("aria-label", word);
  node.title = word;
}

export function renderTools(layout) {
  labelTool($("people-open"), say("people"), "people", el("span", {}, say("people")));
  labelTool($("person-add"), say("addPerson"), "add");
  labelTool($("faults-open"), say("faults"), "storm");
  labelTool($("layout"), say(layout === "grid" ? "rowLayout" : "gridLayout"), layout === "grid" ? "row" : "grid");
  labelTool($("language"), say("switchLanguageLabel"), null, say("switchLanguage"));
  $("faults-open").parentElement.hidden = Object.keys(store.faults).length === 0;
  showFaultState();
}

export function renderClock(jump) {
  $("clock").hidden = !store.clock;
  if (!store.clock) return;
  const name = (one) => (pageLanguage() === "en" ? one.en : one.zh);
  const jumps = store.clock.jumps.map((one) =>
    el("button", { type: "button", class: "jump", "data-testid": `jump-${one.id}`, onclick: (event) => jump(one, event.currentTarget) }, name(one)),
  );
  const known = $("jumps").dataset.names;
  const names = jumps.map((node) => node.textContent).join("|");
  // Redrawing on every change of the clock would take the focus from the button just pressed.
  if (known !== names) $("jumps").replaceChildren(...jumps);
  $("jumps").dataset.names = names;
  tickClock();
}

export function tickClock() {
  const now = nowOfClock();
  if (!now) return;
  const time = $("now-time");
  time.dateTime = now.toISOString();
  time.textContent = timeOf(now);
  const { speed } = store.clock;
  $("now-day").textContent = fullDayOf(now) + (speed === 1 ? "" : ` · ${say("speed", { n: speed })}`);
}

function showFaultState() {
  const on = Object.values(store.faults).some((probability) => probability > 0);
  $("faults-open").classList.toggle("on", on);
}

export function setUpFaults(attempt) {
  $("faults").setAttribute("role", "group");
  attachMenu($("faults-open"), $("faults"), () => faultPanel(attempt));
}

function faultPanel(attempt) {
  $("faults").setAttribute("aria-label", say("faults"));
  const set = (name, probability) => {
    store.faults[name] = probability;
    showFaultState();
    return attempt(post("fault", { name, probability }));
  };
  const sliders = Object.keys(store.faults).map((name) => faultSlider(name, set));
  const reset = () => {
    for (const name of Object.keys(store.faults)) if (store.faults[name]) set(name, 0);
    $("faults").replaceChildren(...faultPanel(attempt));
  };
  return [
    el("h2", {}, say("faults")),
    el("p", { class: "hint" }, say("faultsHint")),
    ...sliders,
    el("button", { type: "button", class: "quiet", onclick: reset }, say("clearFaults")),
  ];
}

function faultSlider(name, set) {
  const figure = el("output", {}, percent(store.faults[name]));
  const slider = el("input", { type: "range", min: "0", max: "100", step: "5", value: Math.round(store.faults[name] * 100), "data-testid": `fault-${name}` });
  slider.addEventListener("input", () => (figure.textContent = percent(slider.value / 100)));
  slider.addEventListener("change", () => set(name, slider.value / 100));
  return el("label", { class: "fault" }, el("span", {}, faultName(name)), figure, slider);
}

const percent = (share) => `${Math.round(share * 100)}%`;
