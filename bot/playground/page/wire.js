/* Everything that goes to the server and comes from it. */

export class Refused extends Error {}

async function answerOf(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || answer.ok === false) throw new Refused(answer.error ?? `HTTP ${response.status}`);
  return answer;
}

export async function readState() {
  return answerOf(await fetch("client/state", { cache: "no-store" }));
}

export async function post(path, body) {
  const form = body instanceof FormData;
  return answerOf(
    await fetch(`client/${path}`, {
      method: "POST",
      headers: form ? {} : { "Content-Type": "application/json" },
      body: form ? body : JSON.stringify(body),
    }),
  );
}

export const postFile = (path, person, chat, file) => {
  const form = new FormData();
  form.append("person", person);
  form.append("chat", chat);
  form.append("file", file, file.name);
  return post(path, form);
};

const RETRY_MS = [500, 1000, 2000, 4000];

/**
 * Follows the events from `since`. The browser's own reconnecting would ask again for the first
 * `since`, so a broken stream is replaced by a new one that asks for what is really missing.
 */
export function follow(since, { onEvent, onGap, onLost, onBack }) {
  let last = since;
  let failures = 0;
  let source = null;
  const connect = () => {
    source = new EventSource(`client/events?since=${last}`);
    source.onopen = () => {
      if (failures) onBack(last);
      failures = 0;
    };
    source.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.n <= last) return;
      if (event.n > last + 1) onGap();
      last = event.n;
      onEvent(event);
    };
    source.onerror = () => {
      source.close();
      onLost();
      setTimeout(connect, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
    };
  };
  connect();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (shown) => shown.persisted && location.reload());
  return {
    /** A lower number means that the server was started anew and counts from the beginning. */
    restartAt(n) {
      const anew = n < last;
      last = n;
      if (!anew) return;
      source.close();
      connect();
    },
  };
}
