/* The messages of one chat on one phone: order, days, scrolling. */

import { el, icon } from "./dom.js";
import { renderMessage } from "./message.js";
import { isGroup, key } from "./store.js";
import { dayOf, ofUnix } from "./times.js";
import { say } from "./words.js";

const PAGE = 60;
const NEAR_BOTTOM_PX = 48;
const TYPING_MS = 5000;

export class ChatLog {
  constructor(actions) {
    this.actions = actions; // onPress, onPhoto, isPending, onRead
    this.list = el("div", { class: "list", role: "log", "aria-live": "off" });
    this.dots = el("div", { class: "typing", role: "img", "aria-label": say("typing"), hidden: true }, el("i"), el("i"), el("i"));
    this.scroller = el("div", { class: "log", tabindex: "0" }, this.list, this.dots);
    this.newer = el("button", { type: "button", class: "newer", "aria-label": say("toBottom"), hidden: true }, icon("down"));
    this.node = el("div", { class: "log-frame" }, this.scroller, this.newer);
    this.follows = true;
    this.newer.addEventListener("click", () => this.toBottom(true));
    this.scroller.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    this.list.addEventListener("load", () => this.follows && this.toBottom(), true); // pictures grow late
    new ResizeObserver(() => this.follows && this.toBottom()).observe(this.scroller);
  }

  show(chat, viewer) {
    const same = this.chat && key(this.chat.id) === key(chat.id);
    const reading = same && !this.follows ? this.scroller.scrollTop : null;
    this.chat = chat;
    this.view = { ...this.actions, viewer, group: isGroup(chat) };
    this.limit = same ? this.limit : PAGE;
    this.scroller.setAttribute("aria-label", say("message"));
    this.fill();
    if (reading === null) this.toBottom();
    else this.scroller.scrollTop = reading;
  }

  fill() {
    const { messages } = this.chat;
    const shown = messages.slice(-this.limit);
    const earlier = messages.length > shown.length && this.earlierButton();
    const none = !messages.length && this.chat.started && el("p", { class: "none" }, say("noMessages"));
    const nodes = shown.flatMap((message, at) => this.withDay(message, shown[at - 1]));
    this.list.replaceChildren(...[earlier, none].filter(Boolean), ...nodes);
  }

  earlierButton() {
    const more = () => {
      const fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
      this.limit += PAGE;
      this.fill();
      this.scroller.scrollTop = this.scroller.scrollHeight - fromEnd;
    };
    return el("button", { type: "button", class: "earlier", onclick: more }, say("earlier"));
  }

  withDay(message, before) {
    const node = renderMessage(message, this.view);
    const day = dayOf(ofUnix(message.date));
    if (before && dayOf(ofUnix(before.date)) === day) {
      if (!before.service && key(before.from) === key(message.from)) node.classList.add("again");
      return [node];
    }
    return [el("div", { class: "service day" }, el("span", {}, day)), node];
  }

  /** A message that is new or has changed. */
  put(message) {
    const old = this.find(message.id);
    if (old) return this.replace(old, message);
    const { messages } = this.chat;
    const own = key(message.from) === key(this.view.viewer);
    const stay = !this.follows && !own;
    if (messages.at(-1) !== message) this.fill();
    else {
      this.list.querySelector(".none")?.remove();
      const nodes = this.withDay(message, messages.at(-2));
      nodes.at(-1).classList.add("arrives");
      this.list.append(...nodes);
    }
    if (message.from === "bot") this.dots.hidden = true;
    if (stay) this.newer.hidden = false;
    else this.toBottom(true);
  }

  replace(old, message) {
    const fresh = renderMessage(message, this.view);
    if (old.classList.contains("again")) fresh.classList.add("again");
    const focused = old.contains(document.activeElement) ? [...old.querySelectorAll("button, a")].indexOf(document.activeElement) : -1;
    old.replaceWith(fresh);
    if (focused >= 0) (fresh.querySelectorAll("button, a")[focused] ?? fresh).focus({ preventScroll: true });
    if (this.follows) this.toBottom();
  }

  drop(id) {
    if (this.find(id)) this.fill();
  }

  find(id) {
    return this.list.querySelector(`[data-id="${CSS.escape(String(id))}"]`);
  }

  point(id) {
    const node = this.find(id);
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("pointed");
    void node.offsetWidth; // restarts the animation
    node.classList.add("pointed");
  }

  typing() {
    this.dots.hidden = false;
    if (this.follows) this.toBottom();
    clearTimeout(this.dotsTimer);
    this.dotsTimer = setTimeout(() => (this.dots.hidden = true), TYPING_MS);
  }

  toBottom(smoothly = false) {
    this.follows = true;
    this.newer.hidden = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smoothly && calm() ? "smooth" : "instant" });
  }

  noteScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const near = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
    // A smooth scroll passes through "not at the bottom"; only scrolling up means reading.
    const up = scrollTop < (this.lastTop ?? 0) - 1;
    this.lastTop = scrollTop;
    if (near) {
      this.follows = true;
      this.newer.hidden = true;
      this.actions.onRead();
    } else if (up) this.follows = false;
  }
}

const calm = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;
