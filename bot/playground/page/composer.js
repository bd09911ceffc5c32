/* The lower edge of a phone: what one can type, tap and attach. */

import { attachMenu, el, icon } from "./dom.js";
import { isGroup, key, keyboardOf, store } from "./store.js";
import { pageLanguage, say } from "./words.js";

const MOST_LINES_PX = 120;

/** Files that the demo offers to send, so that nobody has to look for one first. */
function samples(close, send) {
  return (store.clock?.links ?? []).map(({ url, zh, en }) => {
    const name = pageLanguage() === "en" ? en : zh;
    const fetchAndSend = async () => {
      close();
      const body = await (await fetch(url)).blob();
      send(new File([body], name, { type: body.type }));
    };
    return el("button", { type: "button", role: "menuitem", tabindex: "-1", "data-testid": "attach-sample", onclick: fetchAndSend }, icon("save"), name);
  });
}

export class Composer {
  /** @param deed {start, addBot, send, file(kind, file), location, contact, unblock, speakAs} */
  constructor(deed) {
    this.deed = deed;
    this.node = el("div", { class: "composer" });
    this.draft = "";
  }

  render(chat, person) {
    this.draft = this.input?.value ?? this.draft;
    const focused = this.input && document.activeElement === this.input;
    this.chat = chat;
    this.person = person;
    this.input = null;
    this.node.replaceChildren(...this.content());
    if (focused) this.input?.focus();
  }

  content() {
    if (isGroup(this.chat) && !this.chat.started) {
      return [this.barButton("addBot", this.deed.addBot, say("addBotHint")), ...this.writing()];
    }
    if (this.person.blocked && !isGroup(this.chat)) return [this.barButton("unblock", this.deed.unblock, say("blockedHint"))];
    if (!this.chat.started && !isGroup(this.chat)) {
      return [this.barButton("start", this.deed.start, say("startHint", { name: this.person.name }))];
    }
    return this.writing();
  }

  writing() {
    return [isGroup(this.chat) && this.deed.speakAs ? this.speaker() : null, this.replyKeys(), this.commandList(), this.line()].filter(Boolean);
  }

  barButton(word, action, hint) {
    const button = el("button", { type: "button", class: "start", "data-testid": word, onclick: () => action() }, say(word));
    return el("div", { class: "bar-only" }, el("p", {}, hint), button);
  }

  speaker() {
    const options = this.chat.members
      .map((id) => store.people.get(key(id)))
      .filter(Boolean)
      .map((person) => el("option", { value: key(person.id), selected: key(person.id) === key(this.person.id) }, person.name));
    const select = el("select", { "data-testid": "speaker", onchange: (event) => this.deed.speakAs(event.target.value) }, options);
    return el("label", { class: "speaker" }, el("span", {}, say("speakAs")), select);
  }

  replyKeys() {
    const keyboard = keyboardOf(this.chat);
    if (!keyboard?.rows?.length) return null;
    const press = (button) => {
      if (button.request_contact) return this.deed.contact();
      if (button.request_location) return this.deed.location();
      return this.deed.send(button.label);
    };
    const rows = keyboard.rows.map((row) =>
      el("div", {}, row.map((button) => el("button", { type: "button", class: "reply-key", onclick: () => press(button) }, button.label))),
    );
    return el("div", { class: "reply-keys", role: "group", "aria-label": say("keyboard") }, rows);
  }

  commandList() {
    this.commands = el("div", { class: "commands", role: "menu", "aria-label": say("commands"), hidden: true });
    return this.commands;
  }

  fillCommands(start, close) {
    const known = store.commands.get(key(this.person.id)) ?? [];
    const fitting = known.filter(({ command }) => `/${command}`.startsWith(start));
    const choose = (command) => {
      this.setDraft("");
      close();
      this.deed.send(`/${command}`);
    };
    if (!fitting.length) return [el("p", { class: "none" }, say("noCommands"))];
    return fitting.map(({ command, description }) =>
      el("button", { type: "button", role: "menuitem", tabindex: "-1", onclick: () => choose(command) }, el("b", {}, `/${command}`), el("span", {}, description)),
    );
  }

  line() {
    const menu = el("button", { type: "button", class: "round", "aria-label": say("commands"), title: say("commands"), "data-testid": "commands" }, icon("slash"));
    this.closeCommands = attachMenu(menu, this.commands, (close) => this.fillCommands("/", close));
    this.input = el("textarea", {
      rows: "1", "data-testid": "input", placeholder: say("placeholder"), autocomplete: "off",
      "aria-label": say("messageTo", { name: this.person.name }),
    });
    this.sendButton = el("button", { type: "submit", class: "round send", "data-testid": "send", "aria-label": say("send"), title: say("send") }, icon("send"));
    this.input.addEventListener("input", () => this.noteTyping());
    this.input.addEventListener("keydown", (event) => this.noteKey(event));
    const form = el("form", { class: "line" }, menu, this.input, this.attach(), this.sendButton);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.setDraft(this.draft);
    return form;
  }

  attach() {
    const button = el("button", { type: "button", class: "round", "aria-label": say("attach"), title: say("attach"), "data-testid": "attach" }, icon("clip"));
    const menu = el("div", { class: "menu up", role: "menu", hidden: true });
    const photo = this.fileInput("photo", "image/*");
    const file = this.fileInput("file", null);
    attachMenu(button, menu, (close) => {
      const item = (name, shape, action) =>
        el("button", { type: "button", role: "menuitem", tabindex: "-1", "data-testid": `attach-${name}-item`, onclick: () => { close(); action(); } }, icon(shape), say(name));
      return [
        item("photo", "photo", () => photo.click()),
        item("file", "file", () => file.click()),
        item("location", "place", () => this.deed.location()),
        item("contact", "card", () => this.deed.contact()),
        ...samples(close, (sample) => this.deed.file("file", sample)),
      ];
    });
    return el("div", { class: "menu-anchor" }, button, menu, photo, file);
  }

  fileInput(kind, accept) {
    const input = el("input", { type: "file", accept, class: "unseen", tabindex: "-1", "aria-label": say(kind), "data-testid": `attach-${kind}` });
    input.addEventListener("change", () => {
      for (const file of input.files) this.deed.file(kind, file);
      input.value = "";
    });
    return input;
  }

  noteTyping() {
    this.draft = this.input.value;
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, MOST_LINES_PX)}px`;
    this.sendButton.classList.toggle("ready", this.draft.trim() !== "");
    const command = /^\/\S*$/.test(this.draft);
    if (command) this.commands.replaceChildren(...this.fillCommands(this.draft, () => (this.commands.hidden = true)));
    this.commands.hidden = !command || !this.commands.querySelector("button");
  }

  noteKey(event) {
    if (event.isComposing || event.keyCode === 229) return; // Enter there chooses a Chinese word
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") this.commands.hidden = true;
    else if (event.key === "ArrowUp" && !this.commands.hidden) {
      event.preventDefault();
      [...this.commands.querySelectorAll("button")].at(-1)?.focus();
    }
  }

  async submit() {
    const text = this.draft.trim();
    if (!text) return;
    this.setDraft("");
    const sent = await this.deed.send(text);
    if (!sent && !this.draft) this.setDraft(text);
  }

  setDraft(text) {
    this.draft = text;
    if (!this.input) return;
    this.input.value = text;
    this.input.style.height = "";
    this.sendButton.classList.toggle("ready", text.trim() !== "");
    if (this.commands) this.commands.hidden = true;
  }
}
