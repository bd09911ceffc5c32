/* One message as a bubble. */

import { avatar, el, icon } from "./dom.js";
import { richText } from "./richtext.js";
import { colorOfSender, key } from "./store.js";
import { ofUnix, timeOf } from "./times.js";
import { say } from "./words.js";

/**
 * @param message what the server told
 * @param view {viewer, group, onPress(message, button, node), onPhoto(url, text), isPending(message, data)}
 */
export function renderMessage(message, view) {
  const base = { "data-testid": "msg", "data-id": message.id };
  if (message.service) return el("div", { ...base, class: "service" }, el("span", {}, message.service));
  const own = key(message.from) === key(view.viewer);
  const node = el(
    "article",
    { ...base, class: `msg ${own ? "own" : "theirs"}${message.protected ? " kept" : ""}`, tabindex: "-1" },
    el("div", { class: bubbleClass(message) }, sender(message, view, own), parts(message, view), meta(message)),
    keys(message, view),
  );
  node.dataset.from = message.from;
  return node;
}

function bubbleClass(message) {
  const media = message.photo || message.location;
  return `bubble${media ? " media" : ""}${media && !message.html ? " bare" : ""}`;
}

function sender(message, view, own) {
  if (!view.group || own) return null;
  const name = el("span", { class: "sender" }, message.from_name);
  const color = colorOfSender(message.from);
  if (color) name.style.setProperty("--own", color);
  return name;
}

function parts(message, view) {
  return [
    message.photo && photo(message, view),
    message.location && place(message.location),
    message.document && file(message.document),
    message.contact && card(message.contact),
    message.html && el("div", { class: "text" }, richText(message.html)),
  ];
}

function photo(message, view) {
  const image = el("img", { src: message.photo, alt: message.text || say("photo"), loading: "lazy", draggable: "false" });
  const open = () => view.onPhoto(message.photo, message.text);
  return el("button", { type: "button", class: "photo", "aria-label": say("enlarge"), onclick: open }, image);
}

/** A drawn map: a real one would have to come from outside this machine. */
function place({ latitude, longitude }) {
  const figures = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return el(
    "div",
    { class: "place", role: "img", "aria-label": `${say("location")} ${figures}` },
    el("span", { class: "needle" }, icon("place")),
    el("span", { class: "figures" }, figures),
  );
}

function sizeOf(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function file({ name, url, size }) {
  return el(
    "a",
    { class: "file", href: url, download: name, "aria-label": `${say("download")} ${name}` },
    el("span", { class: "disc" }, icon("save")),
    el("span", { class: "about" }, el("b", {}, name), el("small", {}, sizeOf(size))),
  );
}

function card({ name, phone }) {
  const tel = String(phone ?? "");
  return el(
    "div",
    { class: "card" },
    avatar(name || "?", null),
    el("span", { class: "about" }, el("b", {}, name), el("a", { href: `tel:${tel.replace(/[^\d+]/g, "")}` }, tel)),
  );
}

function meta(message) {
  const lock = message.protected
    ? el("span", { class: "lock", role: "img", "aria-label": say("protected"), title: say("protected") }, icon("lock"))
    : null;
  const sent = ofUnix(message.date);
  return el(
    "span",
    { class: "meta" },
    lock,
    message.edited && el("span", {}, say("edited")),
    el("time", { datetime: sent.toISOString() }, timeOf(sent)),
  );
}

function keys(message, view) {
  if (!message.buttons?.length) return null;
  const rows = message.buttons.map((row) => el("div", { class: "keys-row" }, row.map((button) => keyOf(message, button, view))));
  return el("div", { class: "keys" }, rows);
}

function keyOf(message, button, view) {
  const node = el(
    "button",
    { type: "button", class: "key", "data-data": button.data, "data-url": button.url },
    el("span", {}, button.label),
    button.url && icon("out"),
  );
  // aria-disabled, not disabled: a keyboard user keeps the focus while waiting.
  if (view.isPending(message, button)) setWaiting(node, true);
  node.addEventListener("click", () => node.getAttribute("aria-disabled") !== "true" && view.onPress(message, button, node));
  return node;
}

export function setWaiting(node, waiting) {
  node.classList.toggle("waiting", waiting);
  if (waiting) node.setAttribute("aria-disabled", "true");
  else node.removeAttribute("aria-disabled");
}
