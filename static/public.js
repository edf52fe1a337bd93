// The customer's pages: the tracking page asks again while it is being looked at and swaps what changed. Without script it is simply read again.
"use strict";
(() => {
  const live = () => document.querySelector("[data-live]");
  const memory = (() => { try { return sessionStorage; } catch { return null; } })();
  let timer, patience = 1;

  function plan() {
    clearTimeout(timer);
    const every = Number(live()?.dataset.live);
    // Not all thousand at the same moment.
    if (every) timer = setTimeout(refresh, every * patience * (900 + Math.random() * 200));
  }

  async function refresh() {
    plan();
    if (document.hidden || document.activeElement?.closest("form, details[open]")) return; // never under somebody's fingers
    try {
      const headers = { Accept: "text/html", "X-Polling": "1", "If-None-Match": `"${live().dataset.tag}"` };
      const answer = await fetch(location.href, { headers, cache: "no-store" });
      if (answer.status === 404) return clearTimeout(timer);
      patience = answer.ok || answer.status === 304 ? 1 : Math.min(patience * 2, 16);
      const checked = answer.headers.get("X-Checked");
      if (checked) document.querySelector("[data-checked]").textContent = checked;
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { patience = Math.min(patience * 2, 16); /* offline: the page stays as it is */ }
    plan();
  }

  function show(page) {
    const fresh = page.querySelector("[data-live]"), here = live();
    if (!fresh) return;
    const link = here.contains(document.activeElement) && document.activeElement.getAttribute("href");
    const before = document.querySelector("h1")?.textContent;
    here.replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    if (link) fresh.querySelector(`[href="${CSS.escape(link)}"]`)?.focus({ preventScroll: true });
    const now = document.querySelector("h1")?.textContent ?? "";
    if (now !== before) document.querySelector("[data-announce]").textContent = now;
  }

  async function copy(button) {
    try { await navigator.clipboard.writeText(button.dataset.copy); } catch { return; }
    button.classList.add("copied");
    document.querySelector("[data-announce]").textContent = button.dataset.copied;
  }

  document.addEventListener("click", event => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
  // An order number that was typed once is there again after a mistake.
  for (const box of document.querySelectorAll("[data-remember]")) {
    box.value ||= memory?.getItem(box.dataset.remember) ?? "";
    box.addEventListener("input", () => memory?.setItem(box.dataset.remember, box.value));
  }

  if (!live()) return;
  memory?.removeItem("number");
  plan();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
})();
