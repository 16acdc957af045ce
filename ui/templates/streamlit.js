// What Streamlit cannot do by itself: language and direction of the page, a quick way out that
// leaves no entry behind, focus on a new answer, copying, reading aloud, printing. Stores nothing.
(() => {
  const root = document.documentElement;
  const page = (window.passerelle ??= { answer: null, escapes: [], said: "", follows: false });
  const find = (query) => document.querySelector(query);

  const leave = () => {
    const site = find("[data-leave]").href;
    root.style.display = "none";
    window.speechSynthesis?.cancel();
    location.replace(site);
  };

  const say = (text) => {
    if (!text || text === page.said) return;
    page.said = text;
    page.live.textContent = text;
  };

  const settle = () => {
    page.waiting = false;
    for (const store of [localStorage, sessionStorage]) {
      for (const key of Object.keys(store)) if (/^(st|sidebar)[A-Z]/.test(key)) store.removeItem(key);
    }
    const ours = find(".passerelle");
    if (!ours) return;
    if (root.lang !== ours.lang) root.lang = ours.lang;
    if (root.dir !== ours.dir) root.dir = ours.dir;
    for (const box of document.querySelectorAll("textarea")) {
      if (box.autocomplete !== "off") {
        box.autocomplete = "off";
        box.spellcheck = false;
        box.dir = "auto";
      }
    }
    say(find("[data-testid=stSpinner]")?.textContent);
    const head = find("#answer") ?? find(".down");
    const name = head?.dataset.answer ?? head?.textContent;
    if (!head) return;
    const first = find("#urgent") ?? head;
    if (name !== page.answer) {
      page.answer = name;
      page.follows = true;
      page.until = performance.now() + 2000;
      say([head.textContent, find("[data-say]")?.textContent].filter(Boolean).join(". "));
      first.focus({ preventScroll: true });
    }
    // The quotations come in one by one: stay at the head until they are there, or she moves.
    if (!page.follows) return;
    if (find("[data-test-script-state=running]")) page.until = performance.now() + 2000;
    else if (performance.now() > page.until) page.follows = false;
    if (!page.follows) return;
    if (document.activeElement === document.body) first.focus({ preventScroll: true });
    (first === head ? (find(".asked") ?? head) : first).scrollIntoView({ block: "start" });
  };

  const later = () => {
    if (page.waiting) return;
    page.waiting = true;
    requestAnimationFrame(settle);
  };

  const copy = async (button) => {
    let done = true;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      const box = document.createElement("textarea");
      box.value = button.dataset.copy;
      document.body.append(box);
      box.select();
      done = document.execCommand("copy");
      box.remove();
    }
    tell(button, done ? button.dataset.done : button.dataset.failed);
  };

  const tell = (button, text) => {
    button.dataset.label ??= button.textContent;
    button.textContent = text;
    say(text);
    setTimeout(() => (button.textContent = button.dataset.label), 4000);
  };

  const voices = () =>
    new Promise((resolve) => {
      const found = window.speechSynthesis?.getVoices() ?? [];
      if (found.length || !window.speechSynthesis) return resolve(found);
      const answer = () => resolve(speechSynthesis.getVoices());
      speechSynthesis.addEventListener("voiceschanged", answer, { once: true });
      setTimeout(answer, 1000);
    });

  // A voice that is not of the device itself would send the words to somebody's server.
  const read = async (button) => {
    if (window.speechSynthesis?.speaking) return speechSynthesis.cancel();
    const language = button.dataset.lang;
    const own = (await voices()).filter((v) => v.localService);
    const voice = own.find((v) => v.lang.toLowerCase().split(/[-_]/)[0] === language);
    if (!voice) return tell(button, button.dataset.failed);
    const words = new SpeechSynthesisUtterance(button.dataset.read);
    words.voice = voice;
    words.lang = voice.lang;
    button.dataset.label ??= button.textContent;
    button.textContent = button.dataset.stop;
    words.onend = words.onerror = () => (button.textContent = button.dataset.label);
    speechSynthesis.speak(words);
  };

  if (!page.live) {
    Storage.prototype.setItem = () => {};
    page.live = document.createElement("div");
    page.live.className = "visually-hidden";
    page.live.setAttribute("role", "status");
    document.body.append(page.live);
    document.addEventListener("click", (event) => {
      const button = event.target.closest?.("[data-leave],[data-copy],[data-read],[data-print]");
      if (!button) return;
      if ("leave" in button.dataset) {
        event.preventDefault();
        leave();
      } else if ("copy" in button.dataset) copy(button);
      else if ("read" in button.dataset) read(button);
      else window.print();
    });
    for (const moved of ["wheel", "touchstart", "pointerdown", "keydown"]) {
      document.addEventListener(moved, () => (page.follows = false), { capture: true, passive: true });
    }
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape" || event.repeat) return;
        page.escapes = [...page.escapes, event.timeStamp].slice(-3);
        if (page.escapes.length === 3 && event.timeStamp - page.escapes[0] < 3000) leave();
      },
      true,
    );
    // A page that the browser keeps for its Back button is emptied, and starts anew.
    addEventListener("pagehide", () => (root.style.display = "none"));
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    new MutationObserver(later).observe(document.body, { childList: true, subtree: true });
  }
  settle();
})();
