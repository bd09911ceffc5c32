/* Building nodes without a framework: text is always text, never markup. */

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  const present = children.flat(2).filter((child) => child !== null && child !== undefined && child !== false);
  node.append(...present);
  return node;
}

export const GROUP_COLOR = "#5f7f52";

export const $ = (id) => document.getElementById(id);

const SHAPES = {
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-3.7 3-6 6.5-6s6.1 2.3 6.5 6M16 4.400a3.5 3.5 0 0 1 0 6.300M18 14.400c2 .8 3.2 2.8 3.5 5.6",
  add: "M10 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 20c.4-3.7 3-6 6.5-6 1.7 0 3.2.5 4.3 1.500M18.5 15v6M15.5 18h6",
  storm: "M7 15.500a4 4 0 0 1-.4-8 5.5 5.5 0 0 1 10.7 1A3.6 3.6 0 0 1 17 15.500M12.5 11.500l-2.5 4.500h4l-2.5 4.5",
  grid: "M4 4h6.500v6.500H4zM13.5 4H20v6.500h-6.500zM4 13.500h6.500V20H4zM13.5 13.500H20V20h-6.500z",
  row: "M3.5 5h4.500v14H3.500zM10 5h4.500v14H10zM16.5 5H21v14h-4.500z",
  more: "M12 5.500v.01M12 12v.01M12 18.500v.01",
  clip: "M20 11.500l-8.3 8.300a5 5 0 0 1-7-7L13 4.500a3.3 3.3 0 0 1 4.7 4.700l-8.2 8.200a1.7 1.7 0 0 1-2.4-2.400L14.5 7.6",
  send: "M4 12l16-7.5-5 15.5-3.5-6.500zM11.5 13.500L20 4.5",
  photo: "M4 5.500h16v13H4zM4 16l4.5-4.5 4 4 3-3 4.5 4.500M15.5 9.500v.01",
  file: "M6 3.500h8l4.5 4.500v12.500H6zM14 3.500V8h4.5",
  place: "M12 21c-4.5-4.6-7-8-7-11a7 7 0 0 1 14 0c0 3-2.5 6.4-7 11zM12 12.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  card: "M3.5 5.500h17v13h-17zM9 12.200a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.800zM6 16c.3-1.4 1.4-2.2 3-2.200s2.7.8 3 2.200M14.5 10h3.500M14.5 13.500h3.5",
  pin: "M9 4h6l-.7 6 3.2 3.500h-11L9.7 10zM12 13.500V20",
  lock: "M6.5 11h11v8.500h-11zM9 11V8a3 3 0 0 1 6 0v3",
  down: "M12 5v14M6 13l6 6 6-6",
  save: "M12 4v11M7.5 11l4.5 4.5 4.5-4.500M5 19.500h14",
  out: "M9 6h9v9M18 6L7 17",
  close: "M6 6l12 12M18 6L6 18",
  slash: "M8 5.500h11M8 12h11M8 18.500h11M4 5.500v.01M4 12v.01M4 18.500v.01",
  check: "M5 12.500l4.5 4.500L19 7.5",
  group: "M12 10.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM6.5 19.500c.4-3.7 2.5-6 5.5-6s5.1 2.3 5.5 6M5 11.500a2.3 2.3 0 1 0 0-4.600M19 11.500a2.3 2.3 0 1 1 0-4.600M1.8 17.500c.2-2 1.1-3.4 2.7-3.900M22.2 17.500c-.2-2-1.1-3.4-2.7-3.9",
  phone: "M6 3.500h3.500l1.5 4.5-2.2 1.600a11 11 0 0 0 5.6 5.600L16 13l4.5 1.500V18c0 1.4-1.1 2.5-2.5 2.500A14.5 14.5 0 0 1 3.5 6c0-1.4 1.1-2.5 2.5-2.500z",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "shape", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** Chinese people are recognised by the last character of their name, others by the first. */
export function initialOf(name) {
  const bare = name.replace(/[（(].*$/, "").trim();
  const letters = [...bare];
  if (!letters.length) return "?";
  return /\p{Script=Han}/u.test(letters.at(-1)) ? letters.at(-1) : letters[0].toUpperCase();
}

export function avatar(name, color, shape = null) {
  const node = el("span", { class: "avatar", "aria-hidden": "true" }, shape ? icon(shape) : initialOf(name));
  if (/^#[0-9a-f]{6}$/i.test(color ?? "")) {
    node.style.setProperty("--own", darkened(color));
  }
  return node;
}

/** White letters stay readable on whatever colour the server chose. */
function darkened(color) {
  const parts = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = parts.map((part) => part ** 2.2);
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const factor = light > 0.18 ? (0.18 / light) ** (1 / 2.2) : 1;
  return `rgb(${parts.map((part) => Math.round(part * factor * 255)).join(" ")})`;
}

/** A button with a list under it: arrows move, Escape and a click elsewhere close. */
export function attachMenu(button, menu, fill) {
  const close = (refocus) => {
    if (menu.hidden) return;
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (refocus) button.focus();
  };
  button.setAttribute("aria-haspopup", menu.getAttribute("role") === "menu" ? "menu" : "dialog");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    if (!menu.hidden) return close(false);
    if (fill) menu.replaceChildren(...fill(() => close(true)));
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    menu.querySelector("button, input, select, a")?.focus();
  });
  menu.addEventListener("keydown", (event) => moveInMenu(event, menu, () => close(true)));
  button.addEventListener("keydown", (event) => event.key === "Escape" && close(true));
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target) && !button.contains(event.target)) close(false);
  });
  menu.addEventListener("focusout", (event) => {
    const next = event.relatedTarget;
    if (next && !menu.contains(next) && !button.contains(next)) close(false);
  });
  return close;
}

function moveInMenu(event, menu, close) {
  if (event.key === "Escape") {
    event.stopPropagation();
    return close();
  }
  if (menu.getAttribute("role") !== "menu" || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("[role^=menuitem]")];
  const here = items.indexOf(document.activeElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
  items[(to + items.length) % items.length]?.focus();
}
