/* What this page knows: people, chats, clock. The server decides; this only remembers. */

export const key = String; // ids are numbers in JSON and strings in attributes

export const store = {
  bot: { name: "", username: "" },
  people: new Map(),
  chats: new Map(),
  commands: new Map(),
  faults: {},
  clock: null,
  clockReadAt: 0,
  unread: new Map(),
};

const byId = (items) => new Map(items.map((item) => [key(item.id), item]));

export function load(state) {
  store.bot = state.bot;
  store.people = byId(state.people);
  store.chats = byId(state.chats);
  store.commands = new Map(Object.entries(state.commands ?? {}));
  store.faults = state.faults ?? {};
  setClock(state.clock);
}

function setClock(clock) {
  store.clock = clock;
  store.clockReadAt = performance.now();
}

export function nowOfClock() {
  if (!store.clock) return null;
  const passed = (performance.now() - store.clockReadAt) * store.clock.speed;
  return new Date(Date.parse(store.clock.now) + passed);
}

export const isGroup = (chat) => chat.type !== "private";

/** A person who has never spoken with the bot may have no chat on the server yet. */
export function chatOf(id) {
  const known = store.chats.get(key(id));
  if (known) return known;
  const empty = { id, type: "private", title: "", members: [id], pinned: null, started: false, messages: [] };
  store.chats.set(key(id), empty);
  return empty;
}

export function chatsOfPerson(person) {
  return person.chats?.length ? person.chats.map(chatOf) : [chatOf(person.id)];
}

export const groups = () => [...store.chats.values()].filter(isGroup);

export function colorOfSender(id) {
  return store.people.get(key(id))?.color ?? null;
}

/** The keyboard stays until the bot replaces or removes it, as in Telegram. */
export function keyboardOf(chat) {
  const last = chat.messages.findLast((message) => message.from === "bot" && message.keyboard);
  return last && !last.keyboard.remove ? last.keyboard : null;
}

const APPLY = {
  message: ({ message }) => putMessage(message),
  edited: ({ message }) => putMessage(message),
  deleted: ({ chat, id }) => {
    const kept = chatOf(chat);
    kept.messages = kept.messages.filter((message) => message.id !== id);
  },
  clock: ({ clock }) => setClock(clock),
  commands: ({ person, commands }) => store.commands.set(key(person), commands),
  person: ({ person }) => store.people.set(key(person.id), person),
  chat: ({ chat }) => {
    const old = store.chats.get(key(chat.id));
    store.chats.set(key(chat.id), { ...old, ...chat, messages: chat.messages ?? old?.messages ?? [] });
  },
  pinned: ({ chat, id, message }) => {
    chatOf(chat).pinned = id ?? message ?? null;
  },
};

export function apply(event) {
  APPLY[event.type]?.(event);
}

function putMessage(message) {
  const { messages } = chatOf(message.chat);
  const at = messages.findIndex((known) => known.id === message.id);
  if (at >= 0) messages[at] = message;
  else {
    messages.push(message);
    if (messages.length > 1 && messages.at(-2).id > message.id) messages.sort((a, b) => a.id - b.id);
  }
}

/** Unread is counted per place: a person's private chat, or a group. */
export const countUnread = (chatId) => store.unread.get(key(chatId)) ?? 0;

export function addUnread(chatId) {
  store.unread.set(key(chatId), countUnread(chatId) + 1);
}

export function markRead(chatId) {
  return store.unread.delete(key(chatId));
}
