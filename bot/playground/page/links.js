/* Which links mean "open the bot" and what they carry. */

const TELEGRAM_HOSTS = ["t.me", "telegram.me", "telegram.dog"];

function parse(href) {
  try {
    return new URL(href);
  } catch {
    return null;
  }
}

/** {payload, group} when `href` opens this bot, null for every other address. */
export function startOf(href, username) {
  const url = parse(href);
  if (!url) return null;
  const mine = (name) => name.toLowerCase() === username.toLowerCase();
  if (url.protocol === "tg:" && mine(url.searchParams.get("domain") ?? "")) return carried(url);
  if (!TELEGRAM_HOSTS.includes(url.hostname)) return null;
  // A "share" link asks for a person to forward the inner link to, who then opens it.
  if (url.pathname === "/share/url") return startOf(url.searchParams.get("url") ?? "", username);
  return mine(url.pathname.slice(1)) ? carried(url) : null;
}

function carried({ searchParams }) {
  const group = searchParams.has("startgroup");
  return { payload: searchParams.get(group ? "startgroup" : "start") ?? "", group };
}

export const isSafe = (href) => /^(https?:|tel:|mailto:|tg:|\/|client\/|blob:)/i.test(href);
