// The tracking page asks again while it is being looked at, and swaps its content only when something changed.
"use strict";
(() => {
  const every = 30000;
  let tag = "";
  async function refresh() {
    if (document.hidden || document.activeElement?.closest("form")) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Polling": "1", ...(tag && { "If-None-Match": tag }) }, cache: "no-store" });
      if (!answer.ok) return;
      tag = answer.headers.get("ETag") ?? "";
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
      const here = document.querySelector("[data-live]");
      if (!fresh || !here || fresh.isEqualNode(here)) return;
      here.replaceWith(fresh);
      document.title = document.title;
    } catch { /* offline: the page stays as it is */ }
  }
  if (document.querySelector("[data-live]")) {
    setInterval(refresh, every);
    document.addEventListener("visibilitychange", refresh);
  }
})();
