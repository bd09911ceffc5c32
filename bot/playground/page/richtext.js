/* The bot's HTML as nodes: only what Telegram knows is kept, and plain numbers and links become tappable. */

import { el } from "./dom.js";
import { isSafe } from "./links.js";
import { say } from "./words.js";

const KEPT = new Set(["B", "STRONG", "I", "EM", "U", "INS", "S", "STRIKE", "DEL", "CODE", "PRE", "BLOCKQUOTE", "BR"]);

// Telegram's own apps underline these without being told.
const TAPPABLE = new RegExp(
  [
    "(?<url>https?://[^\\s<>，。；！？、）】”]+|\\bt\\.me/[^\\s<>，。；！？、）】”]+)",
    "(?<phone>(?<![\\d.])(?:\\+86[ -]?)?1[3-9]\\d(?:[ -]?\\d{4}){2}(?!\\d)|(?<![\\d.])0\\d{2,3}-\\d{7,8}(?!\\d)|\\+\\d[\\d -]{7,15}\\d)",
    "(?<command>(?<![\\w/])/[a-z][a-z0-9_]{0,31}(?:@\\w+)?\\b)",
  ].join("|"),
  "giu",
);

export function richText(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const fragment = document.createDocumentFragment();
  fragment.append(...[...parsed.body.childNodes].flatMap((node) => clean(node, true)));
  return fragment;
}

function clean(node, tappable) {
  if (node.nodeType === Node.TEXT_NODE) return tappable ? withLinks(node.data) : [node.data];
  if (node.nodeType !== Node.ELEMENT_NODE) return [];
  const plain = ["A", "CODE", "PRE"].includes(node.nodeName);
  const inner = [...node.childNodes].flatMap((child) => clean(child, tappable && !plain));
  if (node.nodeName === "A") return [anchor(node.getAttribute("href") ?? "", inner)];
  if (node.nodeName === "TG-SPOILER" || node.matches(".spoiler, .tg-spoiler")) return [spoiler(inner)];
  return KEPT.has(node.nodeName) ? [el(node.nodeName.toLowerCase(), {}, inner)] : inner;
}

function anchor(href, inner) {
  if (!isSafe(href)) return el("span", {}, inner);
  return el("a", { href, rel: "noopener noreferrer", target: /^https?:/i.test(href) ? "_blank" : null }, inner);
}

function spoiler(inner) {
  const cover = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": say("reveal") }, inner);
  const show = () => {
    cover.classList.add("open");
    cover.removeAttribute("role");
    cover.removeAttribute("aria-label");
  };
  cover.addEventListener("click", show);
  cover.addEventListener("keydown", (event) => event.key === "Enter" && show());
  return cover;
}

function withLinks(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(TAPPABLE)) {
    nodes.push(text.slice(at, match.index), tappable(match));
    at = match.index + match[0].length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== "");
}

function tappable(match) {
  const { url, phone } = match.groups;
  if (url) return anchor(url.startsWith("http") ? url : `https://${url}`, [url]);
  if (phone) return anchor(`tel:${phone.replace(/[ -]/g, "")}`, [phone]);
  return el("a", { href: "#", "data-command": match[0] }, match[0]);
}
