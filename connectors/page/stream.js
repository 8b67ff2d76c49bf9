// Reads /v1/stream and keeps on reading: whatever breaks, it connects again by itself.
const SILENT_MS = 6000, AGAIN_MS = 1000;

// on: {figure(data), notice(data), away()}; gives a function that ends it
export function follow(unit, on) {
  let ended = false, control = null, heard = 0;

  async function once() {
    control = new AbortController();
    heard = Date.now();
    const answer = await fetch(`/v1/stream?wait=known${unit ? `&unit=${encodeURIComponent(unit)}` : ""}`, { signal: control.signal, cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Error("ended");
      heard = Date.now();
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      events.forEach(take);
    }
  }

  function take(text) {
    const lines = text.split("\n");
    const of = name => lines.filter(line => line.startsWith(name)).map(line => line.slice(name.length)).join("\n");
    const event = of("event: ");
    if (!ended && on[event]) on[event](JSON.parse(of("data: ")));
  }

  async function forever() {
    while (!ended) {
      try {
        await once();
      } catch {
        if (!ended) on.away();
      }
      await new Promise(done => setTimeout(done, AGAIN_MS));
    }
  }

  // A server that is stopped keeps the connection and says nothing.
  const watch = setInterval(() => {
    if (!ended && Date.now() - heard > SILENT_MS) {
      on.away();
      control.abort();
    }
  }, 500);
  forever();
  return () => {
    ended = true;
    clearInterval(watch);
    if (control) control.abort();
  };
}
