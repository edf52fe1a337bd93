// The tracking page asks again while it is being looked at, and swaps what changed. Without script it is simply read again.
"use strict";
(() => {
  const every = 10000;
  const live = () => document.querySelector("[data-live]");
  let tag = "";

  async function refresh() {
    if (document.hidden || document.activeElement?.closest("form, details[open]")) return; // never under somebody's fingers
    try {
      const headers = { Accept: "text/html", "X-Polling": "1", ...(tag && { "If-None-Match": tag }) };
      const answer = await fetch(location.href, { headers, cache: "no-store" });
      if (!answer.ok) return;
      tag = answer.headers.get("ETag") ?? "";
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* offline: the page stays as it is */ }
  }

  function show(page) {
    const fresh = page.querySelector("[data-live]"), here = live();
    if (!fresh || fresh.isEqualNode(here)) return;
    const link = here.contains(document.activeElement) && document.activeElement.getAttribute("href");
    here.replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    if (link) fresh.querySelector(`[href="${CSS.escape(link)}"]`)?.focus({ preventScroll: true });
    document.querySelector("[data-announce]").textContent = document.querySelector("h1")?.textContent ?? "";
  }

  if (!live()) return;
  setInterval(refresh, every);
  document.addEventListener("visibilitychange", refresh);
})();
