// What the page does before its program runs, and what only a page can do for
// it. The program finds it as batonPage.
"use strict";
(() => {
  const words = {
    en: {
      loading: "Loading…",
      amount: "%s of %s MB",
      starting: "Starting…",
      used: "This link was used already.",
      usedHint: "A link lets one browser in, once. Use the link the terminal prints now.",
      noSession: "This browser is not known to Baton.",
      noSessionHint: "Use the link the terminal prints now; “baton serve” prints one when it starts.",
      slow: "Too many links were wrong.",
      slowHint: "Wait a few seconds, then use the link the terminal prints now.",
      noServer: "Baton does not answer.",
      noServerHint: "Has “baton serve” ended? Start it again and use the link it prints.",
      noWasm: "This browser cannot run WebAssembly, which Baton's page is made of.",
      noGL: "This browser cannot draw with WebGL, which Baton's page needs.",
      noWasmHint: "Use a newer browser, or turn it on in this one's settings. The command line does everything as well.",
      noGLHint: "Turn graphics acceleration on in this browser's settings, or use another one. The command line does everything as well.",
      stopped: "The browser has stopped drawing this page.",
      stoppedHint: "Reload it. Nothing is lost.",
      broken: "The page did not start.",
      brokenHint: "Reload it. If that does not help, use another browser, or the command line.",
      lost: "The connection to Baton is lost. This is how things stood.",
      next: " Trying again in %s s.",
      ended: "Baton was started anew and does not know this page. Use the link the terminal prints now.",
      again: "Try now",
    },
    de: {
      loading: "Wird geladen …",
      amount: "%s von %s MB",
      starting: "Startet …",
      used: "Dieser Link wurde schon benutzt.",
      usedHint: "Ein Link lässt einen Browser ein, einmal. Nimm den Link, der jetzt im Terminal steht.",
      noSession: "Baton kennt diesen Browser nicht.",
      noSessionHint: "Nimm den Link, der jetzt im Terminal steht; „baton serve“ zeigt beim Start einen.",
      slow: "Zu viele Links waren falsch.",
      slowHint: "Warte ein paar Sekunden und nimm dann den Link, der jetzt im Terminal steht.",
      noServer: "Baton antwortet nicht.",
      noServerHint: "Läuft „baton serve“ noch? Starte es neu und nimm den Link, den es zeigt.",
      noWasm: "Dieser Browser kann kein WebAssembly; daraus besteht Batons Seite.",
      noGL: "Dieser Browser kann nicht mit WebGL zeichnen; das braucht Batons Seite.",
      noWasmHint: "Nimm einen neueren Browser oder schalte es in den Einstellungen ein. Die Befehlszeile kann auch alles.",
      noGLHint: "Schalte die Grafikbeschleunigung in den Einstellungen ein oder nimm einen anderen Browser. Die Befehlszeile kann auch alles.",
      stopped: "Der Browser zeichnet diese Seite nicht mehr.",
      stoppedHint: "Lade sie neu. Verloren ist nichts.",
      broken: "Die Seite ist nicht gestartet.",
      brokenHint: "Lade sie neu. Hilft das nicht, nimm einen anderen Browser oder die Befehlszeile.",
      lost: "Die Verbindung zu Baton ist weg. So standen die Dinge.",
      next: " Nächster Versuch in %s s.",
      ended: "Baton wurde neu gestartet und kennt diese Seite nicht. Nimm den Link, der jetzt im Terminal steht.",
      again: "Jetzt versuchen",
    },
  };
  const german = (navigator.language || "").toLowerCase().startsWith("de");
  const say = words[german ? "de" : "en"];
  document.documentElement.lang = german ? "de" : "en";

  const kept = "baton-session"; // the token's name in this origin's storage
  const loaded = "baton-loaded"; // the program this browser has had once
  const at = (id) => document.getElementById(id);
  const body = document.body;

  function tell(text, hint) {
    at("said").textContent = text;
    at("hint").textContent = hint || "";
  }
  function fail(text, hint) {
    body.classList.remove("ready");
    body.dataset.failed = "yes";
    at("progress").hidden = true;
    tell(text, hint);
  }
  function megabytes(bytes) {
    return (bytes / 1e6).toLocaleString(german ? "de" : "en", {minimumFractionDigits: 1, maximumFractionDigits: 1});
  }
  function token() {
    return localStorage.getItem(kept) || "";
  }

  window.batonPage = {
    token,
    first: "",
    at: "",
    demo: body.dataset.demo,
    fail: (why) => fail(say.broken, why),
    // Two frames on, the window has been drawn; then is what can wait until it is.
    ready: (then) => requestAnimationFrame(() => requestAnimationFrame(() => {
      body.classList.add("ready");
      localStorage.setItem(loaded, body.dataset.wasm);
      performance.mark("baton-ready");
      if (then) setTimeout(then);
    })),
    // The opened page must not reach back into this one.
    open: (address) => {
      if (!/^https?:\/\//.test(address)) return false;
      const tab = window.open(address, "_blank");
      if (!tab) return false;
      try { tab.opener = null; } catch { /* cut off already */ }
      return true;
    },
    connection: (phase, seconds) => {
      body.classList.toggle("lost", phase !== "connected");
      at("strip").hidden = phase === "connected";
      at("lost").textContent = phase === "ended" ? say.ended
        : say.lost + (seconds >= 1 ? say.next.replace("%s", Math.round(seconds)) : "");
    },
    retry: () => {},
  };
  at("again").textContent = say.again;
  at("again").onclick = () => window.batonPage.retry();
  // A machine that slept, a driver that crashed: the program goes on, unseen.
  document.addEventListener("webglcontextlost", () => fail(say.stopped, say.stoppedHint), true);

  // look takes the first snapshot, which the program finds when it starts; false
  // where the session is unknown.
  async function look() {
    const r = await fetch("/api/v1/snapshot", {headers: {"X-Baton-Token": token()}});
    if (!r.ok) return false;
    window.batonPage.at = r.headers.get("X-Baton-At") || "";
    window.batonPage.first = await r.text();
    return true;
  }

  // enter trades the link's secret for a session, or finds the one there is.
  async function enter() {
    const secret = location.hash.slice(1);
    let refused = 0;
    if (/^[A-Za-z0-9_-]{20,}$/.test(secret)) {
      history.replaceState(null, "", location.pathname);
      const r = await fetch("/api/v1/session", {
        method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({secret}),
      });
      if (r.ok) {
        localStorage.setItem(kept, (await r.json()).token);
        return look();
      }
      refused = r.status;
    }
    if (token() && await look()) return true;
    if (refused === 429) fail(say.slow, say.slowHint);
    else if (refused) fail(say.used, say.usedHint);
    else fail(say.noSession, say.noSessionHint);
    return false;
  }

  // program fetches and compiles. The first time it shows how far it is; later
  // the browser's own store of compiled code is left to do its work.
  async function program(fetched, imports) {
    const answer = await fetched;
    if (!answer.ok) throw new Error("status " + answer.status);
    if (localStorage.getItem(loaded) === body.dataset.wasm || !window.TransformStream) {
      return WebAssembly.instantiateStreaming(answer, imports);
    }
    // What arrives here is unpacked; what a person waits for is not.
    const size = Number(body.dataset.size), bar = at("progress");
    const travels = Number(answer.headers.get("Content-Length")) || size;
    let done = 0;
    const show = () => {
      if (body.dataset.failed) return; // what is missing stays told
      const part = Math.min(1, done / size);
      bar.value = 100 * part;
      tell(say.loading, say.amount.replace("%s", megabytes(part * travels)).replace("%s", megabytes(travels)));
    };
    show();
    const counted = answer.body.pipeThrough(new TransformStream({
      transform(chunk, out) {
        done += chunk.byteLength;
        show();
        out.enqueue(chunk);
      },
    }));
    return WebAssembly.instantiateStreaming(
      new Response(counted, {headers: {"Content-Type": "application/wasm"}}), imports);
  }

  async function start() {
    tell(say.loading);
    at("progress").hidden = false;
    if (typeof WebAssembly !== "object" || !WebAssembly.instantiateStreaming) return fail(say.noWasm, say.noWasmHint);
    // The program holds nothing of anybody's: it may come, and be compiled in the
    // browser's other threads, before the door opens.
    const go = new Go();
    const compiled = program(fetch(body.dataset.wasm), go.importObject);
    compiled.catch(() => {}); // told below, by who waits for it
    const probe = document.createElement("canvas");
    if (!(probe.getContext("webgl") || probe.getContext("experimental-webgl"))) return fail(say.noGL, say.noGLHint);
    try {
      if (!await enter()) return;
    } catch {
      return fail(say.noServer, say.noServerHint);
    }
    performance.mark("baton-entered");
    let instance;
    try {
      ({instance} = await compiled);
    } catch (e) {
      console.error(e);
      return fail(say.broken, say.brokenHint);
    }
    performance.mark("baton-compiled");
    at("progress").removeAttribute("value");
    tell(say.starting);
    await go.run(instance);
    if (!body.dataset.failed) fail(say.broken, say.brokenHint);
  }
  start();
})();
