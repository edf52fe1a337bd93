// What HTML and htmx cannot say. Everything here listens on the document, so swapped content works without being wired up,
// and everything here is an extra: each page works as plain links and forms without it.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, listen, capture = false) => document.addEventListener(type, listen, capture);
  const typing = (element) => element?.matches?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");

  // --- Toasts: what went well passes by, what needs reading stays until dismissed. ---
  const toasts = () => $("#toast");

  function show(fault) { // the words of each fault stand on the region, in the reader's language
    const region = toasts(), text = region?.dataset[fault];
    if (!text || $(`[data-fault="${fault}"]`, region)) return;
    const toast = $("#toast-template").content.firstElementChild.cloneNode(true);
    toast.dataset.fault = fault;
    $("div", toast).textContent = text;
    region.append(toast);
  }

  function watch(toast) {
    if (toast.dataset.toast !== "pass" || toast.dataset.watched) return;
    toast.dataset.watched = "yes";
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
    setTimeout(leave, 6000);
  }

  // --- Opening and closing: menus, dialogs, confirmations. ---
  function closeMenus(except) {
    for (const menu of $$("details[data-menu][open]")) if (!except || !menu.contains(except)) menu.open = false;
  }

  on("toggle", (event) => {
    const details = event.target;
    if (!details.matches?.("details")) return;
    if (details.open && details.matches(".confirm")) {
      const dialog = $("dialog", details);
      if (!dialog.open) dialog.showModal();
    } else if (details.open && details.matches("[data-menu]")) {
      closeMenus(details);
      $("[autofocus], .panel input:not([type=hidden]), .panel select", details)?.focus();
    }
  }, true);

  on("close", (event) => {
    const details = event.target.closest?.("details.confirm");
    if (details) details.open = false;
  }, true);

  on("click", (event) => {
    const target = event.target;
    closeMenus(target);
    // What was chosen may open a dialog, which gives the focus back to where it was: not into a menu that is shut by then.
    const item = target.closest("details[data-menu] .item");
    if (item) { $("summary", item.closest("details")).focus(); closeMenus(); }
    if (target.matches("dialog")) return target.close(); // only the backdrop is the dialog itself; its content fills it
    const opener = target.closest("[data-open]");
    if (opener) { event.preventDefault(); return $(`#${opener.dataset.open}`)?.showModal(); }
    if (target.closest("[data-close]")) return target.closest("dialog")?.close();
    const dismiss = target.closest("[data-dismiss]");
    if (dismiss) {
      const box = dismiss.closest(".alarm, .toast, .notice");
      if (box?.matches(".alarm")) { event.preventDefault(); box.close(); box.remove(); return $("[data-scan]")?.focus(); }
      return box?.remove();
    }
    const copy = target.closest("[data-copy]");
    if (copy) return copyText(copy);
    if (target.closest("[data-print]")) return window.print();
    const add = target.closest("[data-add-row]");
    if (add) { event.preventDefault(); return addRow(add); }
    const remove = target.closest("[data-remove-row]");
    if (remove) { event.preventDefault(); return removeRow(remove); }
    const why = target.closest("a.why");
    if (why) return explain(event, why);
    openRow(event);
  });

  // Why is this number 3? The rows that make it, over the page. Without htmx, or with a key held down, the link's own page opens.
  function explain(event, link) {
    const dialog = $("#why");
    if (!dialog || !window.htmx || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    $("#why-rows").replaceChildren();
    window.htmx.ajax("GET", link.href, { source: link, target: "#why-rows", swap: "innerHTML", push: "false" }).then(() => $("#why-rows").childElementCount && dialog.showModal());
  }

  async function copyText(button) {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch { // no clipboard without https
      const box = document.createElement("textarea");
      box.value = button.dataset.copy;
      document.body.append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
      button.focus();
    }
    const label = button.getAttribute("aria-label");
    button.setAttribute("aria-label", button.dataset.copied);
    button.classList.add("copied");
    setTimeout(() => { button.setAttribute("aria-label", label); button.classList.remove("copied"); }, 1600);
  }

  // --- Rows of a form: cloned from a <template>, `__n__` becomes the next number. ---
  function addRow(button) {
    const row = cloneRow(button.dataset.addRow, document.getElementById(button.dataset.into), "append");
    $("input:not([type=hidden]), select", row)?.focus();
  }

  function cloneRow(template, list, place) {
    const number = Math.max(-1, ...$$("[data-row-number]", list).map((row) => Number(row.dataset.rowNumber))) + 1;
    const holder = document.createElement("template");
    holder.innerHTML = document.getElementById(template).innerHTML.replaceAll("__n__", number);
    const row = holder.content.firstElementChild;
    row.dataset.rowNumber = number;
    list[place](row);
    window.htmx?.process(row);
    list.dispatchEvent(new Event("change", { bubbles: true }));
    return row;
  }

  // A box with data-adds puts what is picked into a list: one more on the row that has it already, else a row of its own on top.
  on("picked", (event) => {
    const box = event.target.closest("[data-adds]");
    if (!box) return;
    const list = document.getElementById(box.dataset.into), picked = event.detail;
    let row = $$("[data-row-number]", list).find((one) => $("[data-key]", one).value === picked.value);
    if (row) {
      const units = $("[data-units]", row);
      units.value = Number(units.value) + 1 || 1;
      list.prepend(row);
    } else {
      row = cloneRow(box.dataset.adds, list, "prepend");
      $("[data-key]", row).value = picked.value;
      for (const place of $$("[data-fill]", row)) place.textContent = picked[place.dataset.fill] ?? "";
    }
    flash(row);
    box.value = "";
    $("[data-key]", box.closest("[data-combobox]")).value = "";
    box.focus();
  });

  function removeRow(button) {
    const row = button.closest("[data-row-number]"), list = row.parentElement;
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    (next && $("input:not([type=hidden]), select, button", next) || $(`[data-into="${list.id}"]`))?.focus();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Rows that are typed one after the other: what is chosen leads on to the row's next box (scanned, to the next row), Enter to the next
  // row, of which there is always one more, and in an empty box out of the rows.
  const boxesOf = (row) => $$("input:not([type=hidden])", row);
  const typedRow = (element) => element.closest("form[data-quick-send] [data-row-number]");

  function nextRow(row) {
    if (row.nextElementSibling) boxesOf(row.nextElementSibling)[0].focus();
    else $(`[data-add-row][data-into="${row.parentElement.id}"]`).click();
  }

  function rowKey(event) {
    const box = event.target, row = box.matches("input") && typedRow(box);
    if (!row) return false;
    event.preventDefault();
    if (!box.matches("[role=combobox]")) nextRow(row);
    else if (box.value.trim()) boxesOf(row)[1].select();
    else $("[data-after-rows]")?.focus();
    return true;
  }

  on("picked", (event) => {
    const row = typedRow(event.target), scanned = /^\d{8,14}$/.test(event.target.dataset.answered);
    if (row) setTimeout(() => (scanned ? nextRow(row) : boxesOf(row)[1].select())); // after Tab has moved on
  });

  // What we were not sure of is marked until somebody touches it.
  const unmark = (event) => {
    const box = event.target;
    if (!box.id) return;
    box.closest(".unsure")?.classList.remove("unsure");
    for (const mark of $$(`[data-mark-of="${CSS.escape(box.id)}"]`)) {
      if (mark.matches("input")) document.getElementById(`${box.id}-hint`)?.remove();
      mark.remove();
    }
  };
  on("input", unmark);
  on("change", unmark);
  on("picked", unmark);

  // --- Lists: a click anywhere on a row opens it; j, k, x and Enter work on the row in focus. ---
  const rows = () => $$("[data-rows] tbody tr, ul[data-rows] > li").filter((row) => $("a[data-row-link]", row) && row.offsetParent);

  function openRow(event) {
    const row = event.target.closest("[data-rows] tbody tr, ul[data-rows] > li");
    const link = row && $("a[data-row-link]", row);
    if (event.target.matches("td.pick")) return $("input", event.target).click(); // a finger is wider than a box
    if (!link || event.target.closest("a, button, input, select, textarea, label, summary, form, dialog") || String(getSelection())) return;
    if (event.metaKey || event.ctrlKey) window.open(link.href);
    else if (!preview(link)) link.click();
    else link.focus({ preventScroll: true });
  }

  // The panel beside a list: only where it fits, else the row's own page opens.
  let previewed = "";
  function preview(link) {
    const panel = $("#preview"), url = link.dataset.preview ?? (link.closest("[data-previews]") && `${link.href}?preview=1`);
    if (!url || !panel || !window.htmx || !matchMedia("(min-width: 80rem)").matches) return false;
    for (const row of $$("[data-rows] .open")) row.classList.remove("open");
    const row = link.closest("tr, li");
    row.classList.add("open");
    previewed = row.id;
    window.htmx.ajax("GET", url, { source: link, target: "#preview", swap: "innerHTML", push: "false" });
    return true;
  }

  function move(step) {
    const all = rows(), here = all.findIndex((row) => row.contains(document.activeElement));
    const opened = all.findIndex((row) => row.matches(".open"));
    const row = all[here < 0 && opened < 0 ? 0 : Math.min(all.length - 1, Math.max(0, (here < 0 ? opened : here) + step))];
    if (!row) return;
    const link = $("a[data-row-link]", row);
    link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if ($("#preview")?.childElementCount) preview(link);
  }

  // --- Ticked rows: how many, all of them, a range of them with Shift. ---
  const ticks = () => $$("tbody input[form=bulk]");
  let ticked = null; // the box that was clicked last

  function countSelected() {
    const all = ticks(), count = all.filter((box) => box.checked).length;
    for (const place of $$("[data-selected]")) if (place.textContent !== String(count)) place.textContent = count;
    for (const box of $$("[data-select-all]")) { box.checked = count > 0 && count === all.length; box.indeterminate = count > 0 && !box.checked; }
    for (const label of $$("[data-all-fitting]")) { // offered when all of this page are ticked and there are more pages
      label.hidden = !(count > 0 && count === all.length && $(".pager [rel=next]"));
      if (label.hidden) $("input", label).checked = false;
    }
  }

  function tick(boxes, checked) {
    for (const box of boxes) box.checked = checked;
    countSelected();
  }

  on("click", (event) => {
    const box = event.target;
    if (box.matches("[data-select-page]") || box.closest("[data-select-none]")) return tick(ticks(), box.matches("[data-select-page]"));
    if (!box.matches("tbody input[form=bulk]")) return;
    const all = ticks(), from = all.indexOf(ticked), to = all.indexOf(box);
    if (event.shiftKey && from >= 0) tick(all.slice(Math.min(from, to), Math.max(from, to) + 1), box.checked);
    ticked = box;
  });

  on("change", (event) => {
    const box = event.target;
    if (box.matches("[data-select-all]")) tick(ticks(), box.checked);
    else if (box.matches("input[type=checkbox]")) countSelected();
    if (box.matches("[data-submit]") && !box.form.hasAttribute("hx-get")) box.form.requestSubmit();
  });

  // --- Keys ---
  let typedAt = 0;
  on("keydown", (event) => {
    if ($(".alarm")) { // a scanner's Enter answers no alarm, a finger's does
      if (event.key.length === 1) typedAt = event.timeStamp;
      else if (event.key === "Enter" && event.timeStamp - typedAt < 500) return event.preventDefault();
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      if (event.target.matches?.("[data-message]")) return $("[data-reads]")?.click();
      event.target.closest?.("form[data-quick-send]")?.requestSubmit();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const combobox = event.target.closest?.("[role=combobox]");
    if (combobox && comboboxKey(event, combobox)) return;
    if (event.key === "Enter" && event.target.matches?.("select[data-leads-to]")) { event.preventDefault(); return $(event.target.dataset.leadsTo)?.focus(); }
    if (event.key === "Enter" && rowKey(event)) return;
    if (event.key === "Escape") {
      const menu = event.target.closest?.("details[data-menu][open]");
      if (menu) { menu.open = false; $("summary", menu).focus(); } else { closeMenus(); if (typing(event.target)) event.target.blur(); }
      return;
    }
    if (typing(event.target) || $("dialog:modal")) return;
    const keys = { "/": () => $("[data-search]")?.select() ?? $("[data-search]")?.focus(), "?": () => $("#shortcuts")?.showModal(), j: () => move(1), k: () => move(-1), x: select, v: openMessage };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  // A chat message fills the order form: typed or pasted into its box, or pasted where the customer is looked for.
  function openMessage() {
    const box = $("[data-message]");
    if (!box) return;
    box.closest("details").open = true;
    box.focus();
  }

  on("paste", (event) => {
    const text = event.clipboardData?.getData("text") ?? "", box = $("[data-message]");
    if (!box || event.target.id !== "customer" || !(text.length > 60 || /\n|\d{6}/.test(text.trim()) && /\D{4}/.test(text))) return;
    event.preventDefault();
    box.value = text;
    openMessage();
    $("[data-reads]").click();
  });

  function select() {
    const box = $("input[type=checkbox]", rows().find((row) => row.contains(document.activeElement)) || document.createElement("i"));
    box?.click();
  }

  // --- Found as you type. A scanner types a code and Enter before the answer is there: `hurry` remembers that. ---
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const options = (input) => $$("[role=option]:not([aria-disabled=true])", listOf(input));
  const expand = (input, open) => { input.setAttribute("aria-expanded", open); if (!open) mark(input, null); };

  function mark(input, option) {
    for (const other of options(input)) other.setAttribute("aria-selected", other === option);
    if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  }

  function comboboxKey(event, input) {
    const all = options(input), open = input.getAttribute("aria-expanded") === "true";
    const here = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) { input.dispatchEvent(new Event("open")); if (all.length) expand(input, true); }
      if (all.length) mark(input, all[(here + (event.key === "ArrowDown" ? 1 : here < 0 ? 0 : -1) + all.length) % all.length]);
      return true;
    }
    if (event.key === "Enter" && input.value.trim()) {
      const settled = input.dataset.settled === input.value;
      if (settled && !open) return false; // already chosen: Enter sends the form
      event.preventDefault();
      if (input.dataset.answered === input.value && all.length) pick(input, all[Math.max(0, here)]);
      else { input.dataset.hurry = input.value; input.dispatchEvent(new Event("open")); }
      return true;
    }
    if (event.key === "Escape" && open) { event.stopPropagation(); expand(input, false); return true; }
    if (event.key === "Tab" && open) { if (here >= 0) pick(input, all[here]); else expand(input, false); }
    return false;
  }

  function pick(input, option) {
    const box = input.closest("[data-combobox]"), key = $("[data-key]", box);
    input.value = input.dataset.settled = option.dataset.text ?? "";
    if (key) { key.value = option.dataset.value ?? ""; key.dispatchEvent(new Event("change", { bubbles: true })); }
    expand(input, false);
    if ([...option.attributes].some((attribute) => attribute.name.startsWith("hx-"))) { // the option itself asks the server, for example for a new line
      input.value = ""; if (key) key.value = "";
      window.htmx.trigger(option, "click");
    }
    input.dispatchEvent(new CustomEvent("picked", { bubbles: true, detail: { ...option.dataset } }));
  }

  on("mousedown", (event) => { // before the input loses focus
    const option = event.target.closest("[data-combobox] [role=option]");
    if (!option || event.button) return;
    event.preventDefault();
    if (option.getAttribute("aria-disabled") !== "true") pick($("[role=combobox]", option.closest("[data-combobox]")), option);
  });

  on("input", (event) => {
    const input = event.target.closest("[role=combobox]");
    if (!input || input.dataset.settled === input.value) return;
    delete input.dataset.settled;
    const key = $("[data-key]", input.closest("[data-combobox]"));
    if (key?.value) { key.value = ""; key.dispatchEvent(new Event("change", { bubbles: true })); }
  });

  on("focusout", (event) => {
    const input = event.target.closest?.("[role=combobox]");
    if (input) expand(input, false);
  });

  function answered(input, asked) {
    const all = options(input), status = $("[data-count]", input.closest("[data-combobox]"));
    input.dataset.answered = asked;
    if (document.activeElement !== input) return;
    expand(input, listOf(input).childElementCount > 0);
    if (status) status.textContent = all.length ? status.dataset.found.replace("#", all.length) : status.dataset.none;
    if (input.dataset.hurry !== undefined) {
      delete input.dataset.hurry;
      const exact = all.filter((option) => option.hasAttribute("data-exact"));
      if (exact.length === 1 || all.length === 1) return pick(input, exact[0] ?? all[0]);
    }
    mark(input, all.find((option) => option.hasAttribute("data-exact")) ?? null);
  }

  // --- What is typed into a form with data-drafts is kept: htmx sends it while one types, and what is left when the page goes, goes with it. ---
  let unsaved = false;
  const noteTyping = (event) => { if (event.target.closest?.("form[data-drafts]")) unsaved = true; };
  on("input", noteTyping);
  on("change", noteTyping);
  on("submit", () => { unsaved = false; }, true);
  addEventListener("pagehide", () => {
    const form = $("form[data-drafts]");
    if (unsaved && form) navigator.sendBeacon(form.dataset.drafts, new URLSearchParams(new FormData(form)));
  });

  // A phone takes larger photos than are kept: shrunk here they go through any net. What cannot be is sent as it is, and the answer says why not.
  on("change", async (event) => {
    const input = event.target, file = input.matches?.("input[data-shrink]") && input.files[0];
    if (!file || file.size < 1e6) return;
    try {
      const picture = await createImageBitmap(file), scale = Math.min(1, 2000 / Math.max(picture.width, picture.height));
      const canvas = new OffscreenCanvas(Math.ceil(picture.width * scale), Math.ceil(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const small = await canvas.convertToBlob({ type: "image/jpeg", quality: .9 }), chosen = new DataTransfer();
      chosen.items.add(new File([small], "photo.jpg", { type: small.type }));
      if (input.files[0] === file && small.size < file.size) input.files = chosen.files;
    } catch { /* sent as it is */ }
  });

  // --- htmx ---
  const source = (event) => event.detail?.ctx?.sourceElement;
  const polled = (event) => ["every", "seen"].includes(event.detail?.ctx?.sourceEvent?.type);
  const busy = (region) => region && ($(".editing, details[open], dialog[open], [aria-expanded=true]", region) || (region.contains(document.activeElement) && typing(document.activeElement)));

  on("htmx:config:request", (event) => {
    focused.set(event.detail.ctx, document.activeElement);
    if (polled(event)) event.detail.ctx.request.headers["X-Polling"] = "1"; // looking on is not being at work: it does not keep a session alive
    const input = source(event), { method, body } = event.detail.ctx.request;
    if (input?.matches?.("[data-saves], form[data-drafts]")) unsaved = false;
    if (input?.matches?.("[data-reads]")) reading.add(event.detail.ctx);
    if (input?.matches?.("form[data-clears]")) input.reset(); // what was sent is read already, and the next scan may be on its way
    if (method === "GET") for (const [name, value] of [...(body ?? [])]) if (value === "") body.delete(name); // short addresses
    if (input?.matches?.("[role=combobox]")) { input.dataset.asked = input.value; if (!input.value.trim() && !input.dataset.browse) { listOf(input).replaceChildren(); expand(input, false); event.preventDefault(); } }
  });
  on("htmx:before:request", (event) => {
    if (!polled(event)) return;
    if (document.hidden || busy(event.detail.ctx.target)) event.preventDefault();
    else source(event).dataset.polling = ""; // nobody waits for it, so nothing is dimmed
  });
  // Somebody may have begun to type while the answer was on its way: it is let go, and the next one tells the same.
  on("htmx:before:response", (event) => { if (polled(event) && busy(event.detail.ctx.target)) event.preventDefault(); });
  on("visibilitychange", () => { if (!document.hidden) document.dispatchEvent(new Event("seen")); });

  // What a swap changed is shown briefly: elements with an id and data-flash, and rows of a table with data-flashes, are compared before and after.
  const FLASHING = "[data-flash][id], [data-flashes] > [id]";
  let before = new Map();
  on("htmx:before:swap", (event) => {
    for (const task of event.detail.tasks) for (const script of task.fragment?.querySelectorAll("script") ?? []) script.remove(); // no answer brings its own
    before = new Map($$(FLASHING).map((element) => [element.id, element.textContent]));
  });
  on("htmx:after:swap", (event) => {
    const ctx = event.detail.ctx, asked = source(event);
    for (const element of $$(FLASHING)) {
      const known = before.has(element.id); // what a filter brought in is not news, what a look for news brought in is
      if (before.size && (known || polled(event)) && before.get(element.id) !== element.textContent) flash(element);
    }
    $$("[data-toast]", toasts() ?? document).forEach(watch);
    countSelected();
    alarm();
    for (const { dataset: { chooses, for: id } } of $$("[data-chooses]")) { // it is known whose number was typed, and nobody chose another carrier
      const select = document.getElementById(id);
      if (select && ["", select.dataset.chosen].includes(select.value)) select.value = select.dataset.chosen = chooses;
    }
    if (asked?.matches?.("[role=combobox]")) return answered(asked, asked.dataset.asked);
    if (asked?.matches?.("[data-saves], form[data-drafts]") && ctx.response?.status >= 400) unsaved = true;
    if (asked?.matches?.("[data-leads-to]")) {
      $("form[data-drafts]")?.dispatchEvent(new Event("change", { bubbles: true })); // what was filled in is typed, too
      if (!asked.matches("select")) $(asked.dataset.leadsTo)?.focus();
    }
    ask();
    if (previewed) document.getElementById(previewed)?.classList.add("open");
    if (ctx.response?.status < 400 && ctx.request.method !== "GET") closeAround(asked);
  });

  // The frame's own dialog opens when something was put into it, and is empty when it is closed.
  function ask() {
    const dialog = $("#asked");
    if (dialog?.childElementCount && !dialog.open) dialog.showModal();
  }
  on("close", (event) => { if (event.target.id === "asked") event.target.replaceChildren(); }, true);

  // What was asked for has been done: the dialog or editor it was asked in goes.
  function closeAround(element) {
    element?.closest?.("dialog[open]")?.close();
    const menu = element?.closest?.("details[data-menu]");
    if (menu) menu.open = false;
  }

  function flash(element) {
    element.classList.remove("changed");
    void element.offsetWidth; // restarts the animation
    element.classList.add("changed");
    element.addEventListener("animationend", () => element.classList.remove("changed"), { once: true });
  }

  // A swap, or a button switched off meanwhile, must not drop the keyboard user at the top of the page.
  const focused = new WeakMap();
  on("htmx:finally:request", (event) => {
    const ctx = event.detail.ctx;
    if (polled(event)) delete ctx.sourceElement.dataset.polling;
    else setTimeout(() => refocus(ctx)); // htmx switches the buttons on again right after this event
    // What was typed while a draft was being saved is saved next: htmx let that turn pass.
    if (unsaved && ctx.response?.status < 400 && source(event)?.matches?.("[data-saves]")) $("form[data-drafts]")?.dispatchEvent(new Event("change", { bubbles: true }));
  });

  function refocus(ctx) {
    const was = focused.get(ctx), target = typeof ctx.target === "string" ? $(ctx.target) : ctx.target;
    const region = target?.isConnected ? target : target?.id && document.getElementById(target.id);
    const wrong = [409, 422].includes(ctx.response?.status) && ($("[aria-invalid=true]", region || document) ?? $("[data-focus]", region || document));
    if (wrong) return wrong.focus();
    if (reading.has(ctx)) return review(region);
    if (document.activeElement && document.activeElement !== document.body) return;
    const again = was?.isConnected && was !== document.body ? was : was?.id && document.getElementById(was.id);
    const place = again || (region && region !== toasts() && ($("[autofocus]", region) ?? region));
    if (!place) return;
    if (!place.matches("a, button, input, select, textarea, summary, [tabindex]")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }

  // What was read from a message is typed, too; what is not sure of it comes first.
  const reading = new WeakSet(); // the button itself is swapped out by the answer
  function review(form) {
    form?.dispatchEvent(new Event("change", { bubbles: true }));
    ($(".unsure :is(input:not([type=hidden]), select)", form) ?? $("#place-order"))?.focus();
  }

  on("htmx:response:error", (event) => {
    const status = event.detail.ctx.response.status;
    if (polled(event) || event.detail.ctx.text?.includes("data-toast")) return; // the answer says it itself
    if (status === 503) show("busy");
    else if (status >= 500) show("failed");
  });
  on("htmx:error", (event) => {
    const error = event.detail?.error;
    if (event.detail?.ctx && !polled(event) && (error instanceof TypeError || error === "timeout")) show("offline");
  });

  function alarm() { // over everything, and it must be answered before the next scan
    const screen = $("dialog[data-alarm]:not(:modal)");
    if (!screen) return;
    screen.close();
    screen.showModal();
    sound();
  }

  function sound() {
    navigator.vibrate?.([200, 80, 200]);
    try {
      const audio = new AudioContext(), tone = audio.createOscillator(), gain = audio.createGain();
      tone.type = "square";
      tone.frequency.value = 220;
      gain.gain.value = 0.2;
      tone.connect(gain).connect(audio.destination);
      tone.start();
      tone.stop(audio.currentTime + 0.5);
    } catch { /* no sound on this device */ }
  }

  // --- Colours: shown at once, kept by the server. ---
  on("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-theme-form]")) {
      event.preventDefault();
      const theme = event.submitter.value, body = new FormData(form, event.submitter);
      if (theme) document.documentElement.dataset.theme = theme;
      else delete document.documentElement.dataset.theme;
      for (const button of $$("button", form)) button.setAttribute("aria-pressed", button === event.submitter);
      fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual" }).catch(() => show("offline"));
    } else if (!event.defaultPrevented && form.method === "post") { // a second click on a plain form sends nothing twice
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    }
  });
  addEventListener("pageshow", () => { for (const form of $$("form[data-sent]")) delete form.dataset.sent; });

  function start() {
    window.htmx?.process(document.body); // by itself it begins a moment after the page has loaded, and a scanner does not wait for that
    $$("[data-toast]").forEach((toast) => { // put in again a moment later, or a screen reader does not say it
      toast.remove();
      setTimeout(() => { toasts().append(toast); watch(toast); }, 150);
    });
    $("[data-focus]")?.focus();
    if (!$("[data-focus]")) ($("[aria-invalid=true]") ?? $("[autofocus]"))?.focus();
    countSelected();
    alarm();
  }
  start();
})();
