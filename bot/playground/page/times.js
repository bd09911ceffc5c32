/* Times as the demo's clock shows them: in the community's zone, not the reader's. */

import { store } from "./store.js";
import { locale } from "./words.js";

const made = new Map();

function format(options) {
  const zone = store.clock?.zone;
  const name = JSON.stringify([locale(), zone, options]);
  if (!made.has(name)) made.set(name, new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone }));
  return made.get(name);
}

export const timeOf = (date) => format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
const spaced = (text) => text.replace(/日(?=周)/, "日 "); // as the bot writes it
export const dayOf = (date) => spaced(format({ month: "short", day: "numeric", weekday: "short" }).format(date));
export const fullDayOf = (date) =>
  spaced(format({ year: "numeric", month: "short", day: "numeric", weekday: "short" }).format(date));
export const ofUnix = (seconds) => new Date(seconds * 1000);
