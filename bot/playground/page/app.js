/* The page: which phones are shown, and who hears what the server tells. */

import { askGroup, askOpener, askPerson } from "./dialogs.js";
import { $, el } from "./dom.js";
import { Phone, labelOf } from "./phone.js";
import { MOST_PHONES, defaultPlaces, openPicker, placesOf } from "./picker.js";
import { addUnread, apply, chatOf, isGroup, key, load, markRead, store } from "./store.js";
import { renderTabs, setUpTabs, showActiveTab } from "./tabs.js";
import { renderClock, renderTools, setUpFaults, tickClock } from "./topbar.js";
import { hasChosen, pageLanguage, say, setPageLanguage, translatePage } from "./words.js";
import { Refused, follow, post, readState } from "./wire.js";

const JUMP_NEWS_MS = 3000;
const TOAST_MS = 4200;
const phones = new Map();
let layout = "row";
let wire = null;
let lastActed = new Map();
let news = null; // places with new messages since the last jump, while they are being collected

const hub = {
  active: null,
  places: () => [...phones.keys()],
  isShown: (place) => phones.has(place),
  countShown: () => phones.size,
  isLit: (place) => phones.get(place)?.node.classList.contains("lit") ?? false,
  openPicker: () => openPicker(hub),
  acted: (phone) => lastActed.set(key(phone.person.id), phone.place),
  dial: (phone, number) => phone.answer({ text: `${say("calling", { phone: number })}\n${say("callingHint")}` }),
  attempt,
  show,
  hide,
  go,
  setPlaces,
  openStart,
  openGroupStart,
  read,
  calm,
};

async function attempt(promise) {
  try {
    return await promise;
  } catch (error) {
    const reason = error instanceof Refused ? error.message : say("unreachable");
    toast(say("failed", { reason }), "bad");
    return null;
  }
}

function toast(text, kind = "") {
  const node = el("div", { class: `toast ${kind}` }, text);
  $("toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

/* Which phones are shown */

function addPhone(place) {
  const phone = new Phone(place, hub);
  phones.set(place, phone);
  $("phones").append(phone.node);
  sight.observe(phone.node);
  phone.log.toBottom();
  phone.node.addEventListener("focusin", () => setActive(place));
  return phone;
}

function show(place, { quiet = false } = {}) {
  if (!phones.has(place)) {
    if (phones.size >= MOST_PHONES) {
      toast(say("tooMany", { max: MOST_PHONES }), "bad");
      return false;
    }
    addPhone(place);
    notePlaces();
  }
  if (!quiet) go(place, { focus: true });
  return true;
}

function hide(place) {
  const phone = phones.get(place);
  if (!phone) return;
  sight.unobserve(phone.node);
  phone.node.remove();
  phones.delete(place);
  if (hub.active === place) hub.active = hub.places()[0] ?? null;
  notePlaces();
}

function setPlaces(places) {
  for (const place of hub.places()) if (!places.includes(place)) hide(place);
  for (const place of places) if (!phones.has(place)) addPhone(place);
  notePlaces();
}

/** The address remembers the choice, so a reload or a sent link shows the same phones. */
function notePlaces() {
  const places = hub.places();
  const url = new URL(location.href);
  if (places.join() === defaultPlaces().join()) url.searchParams.delete("show");
  else url.searchParams.set("show", places.join(","));
  history.replaceState(null, "", url.href.replaceAll("%2C", ","));
  hub.active ??= places[0] ?? null;
  refreshTabs();
}

const emptyNote = $("empty");

function refreshTabs() {
  renderTabs(hub);
  emptyNote.textContent = say("empty");
  emptyNote.hidden = phones.size > 0;
  const unread = [...store.unread.values()].reduce((sum, n) => sum + n, 0);
  document.title = (unread ? `(${unread}) ` : "") + say("title");
}

function go(place, { focus = false } = {}) {
  const phone = phones.get(place);
  if (!phone) return;
  setActive(place);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  phone.node.scrollIntoView({ block: "nearest", inline: "center", behavior: still ? "instant" : "smooth" });
  // On a touch screen the focus would raise the keyboard over the chat just chosen.
  if (focus && matchMedia("(hover: hover)").matches) (phone.composer.input ?? phone.node).focus({ preventScroll: true });
}

function setActive(place) {
  if (hub.active === place && phones.get(place)?.log.list.getAttribute("aria-live") === "polite") return;
  hub.active = place;
  // Only one phone speaks to a screen reader; the others are announced by name.
  for (const [other, phone] of phones) phone.log.list.setAttribute("aria-live", other === place ? "polite" : "off");
  showActiveTab(place);
}

const onePhoneWide = matchMedia("(max-width: 720px)");

const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, intersectionRatio } of entries) {
      const phone = [...phones.values()].find(({ node }) => node === target);
      if (!phone) continue;
      phone.inView = intersectionRatio >= 0.6;
      if (!phone.inView) continue;
      read(phone);
      if (onePhoneWide.matches) setActive(phone.place);
    }
  },
  { threshold: [0, 0.6] },
);

function read(phone) {
  if (phone.log.follows && markRead(phone.chatId)) refreshTabs();
}

/** Whoever looks at a lit phone has seen it. */
function calm({ node }) {
  if (!node.classList.contains("lit")) return;
  node.classList.remove("lit");
  refreshTabs();
}

document.addEventListener("visibilitychange", () => {
  for (const phone of phones.values()) if (phone.isSeen()) read(phone);
});

/* People and links */

async function addPerson() {
  const person = await askPerson();
  if (!person) return null;
  const answer = await attempt(post("people", person));
  if (!answer) return null;
  if (!store.people.has(key(answer.id))) await reload();
  show(key(answer.id));
  return key(answer.id);
}

async function openStart(payload, from) {
  const chosen = await askOpener(labelOf, new Set(hub.places().filter((place) => place !== from)));
  const place = chosen === "new" ? await addPerson() : chosen;
  if (!place || !show(place)) return;
  const phone = phones.get(place);
  if (phone.chatId !== place) phone.open(place);
  await phone.start(payload);
}

/** Telegram lets one choose a group, takes the bot in, and says /start there. */
async function openGroupStart(payload, person) {
  const chats = person.chats.map(chatOf).filter(isGroup);
  const group = await askGroup(chats);
  if (group === null) return;
  if (!chatOf(group).started) await attempt(post("group/add_bot", { person: person.id, group }));
  await attempt(post("send", { person: person.id, chat: group, text: `/start@${store.bot.username} ${payload}`.trim() }));
  if (show(key(group))) phones.get(key(group)).speakAs(key(person.id));
}

/* What the server tells */

function receive(event) {
  apply(event);
  if (event.type === "toast") return answerPerson(event);
  if (event.type === "clock") renderClock(jump);
  for (const phone of phones.values()) phone.receive(event);
  if (event.type === "message") noteMessage(event.message);
  if (event.type === "person" || event.type === "chat") refreshTabs();
}

function noteMessage(message) {
  const place = key(message.chat);
  if (key(message.from) === place) return; // one's own words in one's own chat
  const watching = [...phones.values()].filter((phone) => phone.chatId === place);
  const seen = watching.some((phone) => phone.isSeen() && phone.log.follows);
  if (!seen) addUnread(place);
  if (news) {
    news.add(place);
    for (const phone of watching) phone.node.classList.add("lit");
  }
  if (!seen || news) {
    refreshTabs();
    announce(place);
  }
  for (const phone of phones.values()) if (phone.chatId !== place) phone.renderHead();
}

function announce(place) {
  const chat = chatOf(place);
  const name = isGroup(chat) ? chat.title : store.people.get(place)?.name ?? "";
  $("announce").textContent = say("newFrom", { name, n: store.unread.get(place) ?? 1 });
}

function answerPerson({ person, text, alert }) {
  const phone = phones.get(lastActed.get(key(person))) ?? phones.get(key(person));
  if (phone) phone.answer({ text, alert });
  else if (text) toast(`${store.people.get(key(person))?.name ?? ""}：${text}`);
}

async function jump({ id }, button) {
  if (button.getAttribute("aria-disabled")) return;
  const buttons = [...$("jumps").children];
  for (const one of buttons) one.setAttribute("aria-disabled", "true");
  button.classList.add("waiting");
  for (const phone of phones.values()) phone.node.classList.remove("lit");
  const collected = (news = new Set());
  const done = await attempt(post("clock", { to: id }));
  for (const one of buttons) one.removeAttribute("aria-disabled");
  button.classList.remove("waiting");
  if (done?.clock) receive({ type: "clock", clock: done.clock });
  setTimeout(() => {
    if (done && news === collected) toast(collected.size ? say("news", { n: collected.size }) : say("noNews"));
    if (news === collected) news = null;
  }, done ? JUMP_NEWS_MS : 0);
}

async function reload() {
  const state = await attempt(readState());
  if (!state) return;
  load(state);
  wire?.restartAt(state.n);
  for (const [place, phone] of [...phones]) {
    if (store.people.has(place) || store.chats.has(place)) phone.render();
    else hide(place);
  }
  renderAll();
}

function renderAll() {
  translatePage();
  renderTools(layout);
  renderClock(jump);
  refreshTabs();
}

/* The page itself */

function switchLanguage() {
  setPageLanguage(pageLanguage() === "en" ? "zh" : "en", true);
  renderAll();
  for (const phone of phones.values()) phone.render();
}

function switchLayout() {
  layout = layout === "grid" ? "row" : "grid";
  $("phones").classList.toggle("grid", layout === "grid");
  renderTools(layout);
}

function setUp() {
  $("language").addEventListener("click", switchLanguage);
  $("layout").addEventListener("click", switchLayout);
  $("people-open").addEventListener("click", () => openPicker(hub));
  $("person-add").addEventListener("click", addPerson);
  setUpFaults(attempt);
  setUpTabs(hub);
  setInterval(() => {
    tickClock();
    for (const phone of phones.values()) phone.tick();
  }, 1000);
}

async function begin() {
  translatePage();
  const state = await attempt(readState());
  if (!state) return setTimeout(begin, 1500);
  if (!hasChosen) setPageLanguage(state.language?.startsWith("en") ? "en" : "zh", false);
  load(state);
  setUp();
  const wanted = new URLSearchParams(location.search).get("show");
  const places = wanted === null ? [] : placesOf(wanted);
  renderAll();
  setPlaces(places.length ? places : defaultPlaces());
  if (hub.active) setActive(hub.active);
  let gap = null;
  wire = follow(state.n, {
    onEvent: receive,
    onGap: () => (gap ??= setTimeout(() => { gap = null; reload(); }, 50)),
    onLost: () => ($("offline").hidden = false),
    onBack: () => {
      $("offline").hidden = true;
      reload();
    },
  });
  return null;
}

begin();
