// Server-Sent Events over fetch, because an EventSource can't send the token in a header.

import { Failure, openStream } from "./api.js";

const WAIT_MS = 2000;

/**
 * Calls `on(event, data)` for each event until the signal ends it. A connection that is lost is opened again after the
 * last event; `state(connected)` tells of it. Raises Failure for a token that is refused.
 */
export async function follow(path, signal, after, on, state) {
  let last = after;
  while (!signal.aborted) {
    try {
      const response = await openStream(path, signal, last);
      state(true);
      for await (const event of events(response.body)) {
        if (event.id) last = event.id;
        if (event.data) on(event.name, JSON.parse(event.data));
      }
    } catch (error) {
      if (signal.aborted || error.name === "AbortError") return;
      if (error instanceof Failure && error.status < 500) throw error;
    }
    state(false);
    await new Promise((resolve) => { setTimeout(resolve, WAIT_MS); });
  }
}

/** The events of a stream of bytes (HTML standard, 9.2.6); comments are left out. */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", event = {};
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      const [, field, text] = /^([^:]*):? ?(.*)$/s.exec(line);
      if (line === "") { if (event.data !== undefined) yield event; event = {}; }
      else if (field === "event") event.name = text;
      else if (field === "id") event.id = text;
      else if (field === "data") event.data = event.data === undefined ? text : `${event.data}\n${text}`;
    }
  }
}
