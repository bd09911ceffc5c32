/* One phone: whose it is, which chat is open, and what happens on it. */

import { ChatLog } from "./chatlog.js";
import { Composer } from "./composer.js";
import { askLocation, showPhoto } from "./dialogs.js";
import { GROUP_COLOR, attachMenu, avatar, el, icon } from "./dom.js";
import { startOf } from "./links.js";
import { setWaiting } from "./message.js";
import { chatOf, chatsOfPerson, countUnread, isGroup, key, nowOfClock, store } from "./store.js";
import { timeOf } from "./times.js";
import { pageLanguage, say } from "./words.js";
import { post, postFile } from "./wire.js";

const PRESS_ANSWER_MS = 1500;
const TOAST_MS = 3200;
const TELEGRAM_LANGUAGES = [["zh-hans", "简体中文"], ["en", "English"]];

export const labelOf = (person) => (pageLanguage() === "en" ? person.label_en || person.label : person.label) ?? "";

export class Phone {
  /** @param place a person's id, or a group's id for the phone that shows the group alone */
  constructor(place, hub) {
    this.place = key(place);
    this.hub = hub; // attempt, acted, openStart, openGroupStart, dial, hide, read, calm
    this.isGroupPhone = !store.people.has(this.place);
    this.chatId = this.isGroupPhone ? this.place : key(chatsOfPerson(this.person)[0].id);
    this.waiting = new Map();
    this.inView = false;
    this.log = new ChatLog({
      onPress: (...what) => this.press(...what),
      onPhoto: showPhoto,
      isPending: (message, button) => this.waiting.has(`${message.id}|${button.data}`),
      onRead: () => this.isSeen() && this.hub.read(this),
    });
    this.composer = new Composer(this.deeds());
    this.build();
    this.render();
  }

  get person() {
    if (!this.isGroupPhone) return store.people.get(this.place);
    const members = this.chat.members.map((id) => store.people.get(key(id))).filter(Boolean);
    return members.find((person) => key(person.id) === this.speakerId) ?? members[0] ?? NOBODY;
  }

  get chat() {
    return chatOf(this.chatId);
  }

  get name() {
    return this.isGroupPhone ? this.chat.title : this.person.name;
  }

  isSeen() {
    return this.inView && document.visibilityState === "visible";
  }

  build() {
    this.head = el("header", { class: "phone-head" });
    this.clock = el("span", { class: "small-clock" });
    this.toasts = el("div", { class: "phone-toasts", role: "status", "aria-live": "polite" });
    this.log.node.append(this.toasts);
    this.body = el("div", { class: "phone-body" }, this.head, this.log.node, this.composer.node);
    this.node = el(
      "section",
      { class: "phone", role: "tabpanel", id: `phone-${this.place}`, "data-testid": `phone-${this.place}`, tabindex: "-1" },
      el("div", { class: "screen" }, el("div", { class: "status", "aria-hidden": "true" }, this.clock, el("i", { class: "ear" }), el("i", { class: "battery" })), this.body),
    );
    this.node.addEventListener("click", (event) => this.followLink(event));
    for (const sign of ["pointerenter", "focusin"]) this.node.addEventListener(sign, () => this.hub.calm(this));
  }

  render() {
    this.node.dataset.name = this.name;
    this.node.setAttribute("aria-label", this.isGroupPhone ? say("groupPhone", { name: this.name }) : say("phoneOf", { name: this.name }));
    this.node.classList.toggle("is-blocked", Boolean(this.person.blocked));
    this.renderHead();
    this.log.show(this.chat, this.person.id);
    this.composer.render(this.chat, this.person);
    this.tick();
  }

  tick() {
    this.clock.textContent = timeOf(nowOfClock() ?? new Date());
  }

  renderHead() {
    const { person, chat } = this;
    const face = this.isGroupPhone ? avatar(chat.title, GROUP_COLOR, "group") : avatar(person.name, person.color);
    const role = this.isGroupPhone ? say("members", { n: chat.members.length }) : labelOf(person);
    const state = person.blocked && !this.isGroupPhone ? el("span", { class: "tag" }, say("blocked")) : null;
    const title = el("div", { class: "who" }, el("h2", {}, this.name), el("p", {}, role, state));
    this.head.replaceChildren(el("div", { class: "head-line" }, face, title, this.moreMenu()), ...this.chatSwitch(), ...this.pinnedBar());
  }

  chatSwitch() {
    if (this.isGroupPhone) return [];
    const chats = chatsOfPerson(this.person);
    if (chats.length < 2) return [];
    const choices = chats.map((chat) => {
      const here = key(chat.id) === this.chatId;
      const unread = here ? 0 : countUnread(chat.id);
      return el(
        "button",
        { type: "button", "aria-pressed": String(here), "data-testid": `chat-${chat.id}`, onclick: () => this.open(chat.id) },
        isGroup(chat) ? chat.title : store.bot.name || say("privateChat"),
        unread ? el("span", { class: "badge", "aria-label": say("unread", { n: unread }) }, String(unread)) : null,
      );
    });
    return [el("div", { class: "chats", role: "group", "aria-label": say("chooseChat") }, choices)];
  }

  pinnedBar() {
    const message = this.chat.messages.find(({ id }) => id === this.chat.pinned);
    if (!message) return [];
    const text = (message.text || "").split("\n").find((line) => line.trim()) ?? "";
    const open = () => this.log.point(message.id);
    return [el("button", { type: "button", class: "pinned", onclick: open }, icon("pin"), el("b", {}, say("pinned")), el("span", {}, text))];
  }

  moreMenu() {
    const button = el("button", { type: "button", class: "round", "aria-label": say("phoneMenu", { name: this.name }), "data-testid": "phone-menu" }, icon("more"));
    const menu = el("div", { class: "menu", role: "menu", hidden: true });
    attachMenu(button, menu, (close) => this.menuItems(close));
    return el("div", { class: "menu-anchor" }, button, menu);
  }

  menuItems(close) {
    const item = (word, action, more = {}) =>
      el("button", { type: "button", role: "menuitem", tabindex: "-1", ...more, onclick: () => { close(); action(); } }, word);
    const large = item(say("large"), () => this.node.classList.toggle("large"), {
      role: "menuitemcheckbox", "aria-checked": String(this.node.classList.contains("large")),
    });
    const rest = [large, item(say("hide"), () => this.hub.hide(this.place))];
    if (this.isGroupPhone) return rest;
    const { person } = this;
    const languages = TELEGRAM_LANGUAGES.map(([code, name]) =>
      item(name, () => this.attempt(post("language", { person: person.id, language: code })), {
        role: "menuitemradio", "aria-checked": String(person.language?.slice(0, 2) === code.slice(0, 2)), "data-testid": `language-${code}`,
      }),
    );
    const block = item(say(person.blocked ? "unblock" : "block"), () => this.deeds().block(!person.blocked), { class: "grave", "data-testid": "block" });
    const heading = [el("p", { class: "menu-note" }, person.phone || say("noNumber")), el("p", { class: "menu-note" }, say("telegramLanguage"))];
    return [heading[0], ...rest, block, heading[1], ...languages];
  }

  open(chatId) {
    this.chatId = key(chatId);
    this.composer.setDraft("");
    this.hub.read(this);
    this.render();
  }

  attempt(promise) {
    this.hub.acted(this);
    return this.hub.attempt(promise);
  }

  deeds() {
    const where = () => ({ person: this.person.id, chat: this.chat.id });
    const block = (blocked) => this.attempt(post("block", { person: this.person.id, blocked }));
    return {
      start: (payload) => this.start(payload),
      addBot: () => this.attempt(post("group/add_bot", { person: this.person.id, group: this.chat.id })),
      send: (text) => this.attempt(post("send", { ...where(), text })),
      file: (kind, file) => this.attempt(postFile(kind, this.person.id, this.chat.id, file)),
      contact: () => this.attempt(post("contact", where())),
      location: async () => {
        const point = await askLocation();
        if (point) await this.attempt(post("location", { ...where(), ...point }));
      },
      block,
      unblock: () => block(false),
      speakAs: this.isGroupPhone ? (id) => this.speakAs(id) : null,
    };
  }

  speakAs(id) {
    this.speakerId = id;
    this.render();
  }

  async start(payload) {
    const done = await this.attempt(post("start", payload ? { person: this.person.id, payload } : { person: this.person.id }));
    if (done && !this.isGroupPhone) {
      chatOf(this.place).started = true;
      this.composer.render(this.chat, this.person);
      this.composer.input?.focus({ preventScroll: true });
    }
    return done;
  }

  press(message, button, node) {
    if (button.url) return this.visit(button.url);
    const name = `${message.id}|${button.data}`;
    setWaiting(node, true);
    this.waiting.set(name, setTimeout(() => this.release(name), PRESS_ANSWER_MS));
    this.attempt(post("press", { person: this.person.id, chat: this.chat.id, message: message.id, data: button.data }));
  }

  release(name) {
    clearTimeout(this.waiting.get(name));
    this.waiting.delete(name);
    const [id, data] = [name.slice(0, name.indexOf("|")), name.slice(name.indexOf("|") + 1)];
    const keys = this.log.find(id)?.querySelectorAll(".key.waiting") ?? [];
    for (const node of keys) if (node.dataset.data === data) setWaiting(node, false);
  }

  visit(href) {
    const start = startOf(href, store.bot.username);
    if (start?.group) this.hub.openGroupStart(start.payload, this.person);
    else if (start) this.hub.openStart(start.payload, this.place);
    else window.open(href, "_blank", "noopener");
  }

  followLink(event) {
    const link = event.target.closest(".text a, .card a");
    if (!link) return;
    const href = link.getAttribute("href");
    if (link.dataset.command) {
      event.preventDefault();
      this.deeds().send(link.dataset.command);
    } else if (href.startsWith("tel:")) {
      // The demo's numbers are invented: dialling one could ring a stranger.
      event.preventDefault();
      this.hub.dial(this, link.textContent);
    } else if (startOf(href, store.bot.username)) {
      event.preventDefault();
      this.visit(href);
    }
  }

  releaseAll(start = "") {
    for (const name of [...this.waiting.keys()]) if (name.startsWith(start)) this.release(name);
  }

  /** An answer to a tap: a passing note, or one to be confirmed. */
  answer({ text, alert }) {
    this.releaseAll();
    if (!text) return;
    if (alert) return this.alert(text);
    const note = el("div", { class: "note" }, text);
    this.toasts.replaceChildren(note);
    setTimeout(() => note.remove(), TOAST_MS);
  }

  alert(text) {
    const before = this.body.contains(document.activeElement) ? document.activeElement : null;
    const close = () => {
      veil.remove();
      this.body.inert = false;
      if (before?.isConnected) before.focus();
    };
    const ok = el("button", { type: "button", class: "primary", "data-testid": "alert-ok", onclick: close }, say("ok"));
    const box = el("div", { class: "alert", role: "alertdialog", "aria-modal": "true", "aria-label": store.bot.name }, el("p", {}, text), ok);
    const veil = el("div", { class: "veil" }, box);
    veil.addEventListener("keydown", (event) => event.key === "Escape" && close());
    this.node.querySelector(".veil")?.remove();
    this.body.inert = true;
    this.body.after(veil);
    if (before) ok.focus();
  }

  receive(event) {
    if (event.type === "message" || event.type === "edited") this.receiveMessage(event);
    else if (event.type === "deleted" && key(event.chat) === this.chatId) this.log.drop(event.id);
    else if (event.type === "typing" && key(event.chat) === this.chatId) this.log.typing();
    else if (event.type === "pinned" && key(event.chat) === this.chatId) this.renderHead();
    else if (event.type === "person") this.receivePerson(event.person);
    else if (event.type === "chat") this.receiveChat(event.chat);
  }

  receiveMessage({ type, message }) {
    if (key(message.chat) === this.chatId) {
      if (type === "edited") this.releaseAll(`${message.id}|`); // not every tap is answered with a note
      this.log.chat = this.chat;
      this.log.put(message);
      if (message.keyboard) this.composer.render(this.chat, this.person);
      if (message.id === this.chat.pinned) this.renderHead();
    } else if (this.person.chats?.some((id) => key(id) === key(message.chat))) this.renderHead();
  }

  receivePerson(person) {
    if (key(person.id) !== key(this.person.id)) return;
    const left = !this.isGroupPhone && !chatsOfPerson(person).some(({ id }) => key(id) === this.chatId);
    if (left) return this.open(this.place);
    this.node.classList.toggle("is-blocked", Boolean(person.blocked));
    this.renderHead();
    this.composer.render(this.chat, this.person);
  }

  receiveChat(chat) {
    if (key(chat.id) === this.chatId) this.render();
    else if (chat.members?.some((id) => key(id) === this.place)) this.renderHead();
  }
}

const NOBODY = { id: "", name: "", label: "", chats: [], blocked: false, color: null };
