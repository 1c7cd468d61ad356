// Keeps a page of the dashboard as its runs are: it asks for the page anew and changes in place what differs, so that
// the reader's place, what has the focus and what is unfolded stay.
(() => {
  "use strict";
  const EACH = 2000, LONGEST = 30000; // milliseconds between two looks; how long an answer may take
  const SHARE = 20; // of the time that showing takes; a huge page is looked at less often
  const said = document.getElementById("live"), button = document.getElementById("pause");
  let timer = 0, paused = false, lost = "";

  function say(text) {
    if (said.textContent !== text) said.textContent = text;
  }

  function now() {
    return new Date().toLocaleTimeString();
  }

  function become(old, fresh) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    } else if (!old.hasAttribute("data-keep") && !old.isEqualNode(fresh)) {
      attributesBecome(old, fresh);
      childrenBecome(old, fresh);
    }
  }

  function attributesBecome(old, fresh) {
    const own = old.nodeName === "DETAILS" ? "open" : ""; // the reader's, not the page's
    for (const { name } of [...old.attributes]) {
      if (name !== own && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (name !== own && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  }

  function childrenBecome(old, fresh) {
    const known = new Map([...old.children].filter((one) => one.id).map((one) => [one.id, one]));
    let at = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
      const same = wanted.id ? known.get(wanted.id) : alike(at, wanted) ? at : null;
      if (!same) {
        old.insertBefore(document.importNode(wanted, true), at);
        continue;
      }
      if (same === at) at = at.nextSibling;
      else old.insertBefore(same, at);
      become(same, wanted);
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  function alike(one, other) {
    return one && one.nodeType === other.nodeType && one.nodeName === other.nodeName && !one.id;
  }

  class Refused extends Error {}

  async function fetched() {
    const headers = { "If-None-Match": document.body.dataset.stamp };
    const answer = await fetch(location.pathname, { headers, cache: "no-store", signal: AbortSignal.timeout(LONGEST) });
    if (answer.status === 304) return null;
    if (!answer.ok) throw new Refused((await answer.text()).trim());
    return answer.text();
  }

  function show(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    document.title = page.title;
    become(document.body, page.body);
  }

  async function look() {
    clearTimeout(timer);
    let took = 0;
    try {
      const text = await fetched();
      if (paused) return;
      const begun = performance.now();
      if (text !== null) show(text);
      took = performance.now() - begun;
      lost = "";
      say(`Live. ${document.body.dataset.news}`);
    } catch (error) {
      lost ||= now();
      const why = error instanceof Refused ? error.message : "the dashboard has ended.";
      say(`Not followed since ${lost}: ${why} This is what it last showed.`);
    }
    plan(Math.max(EACH, SHARE * took));
  }

  function plan(wait) {
    clearTimeout(timer);
    if (!paused && !document.hidden) timer = setTimeout(look, wait);
  }

  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? "Go on" : "Pause";
    if (paused) {
      clearTimeout(timer);
      say(`Paused at ${now()}.`);
    } else look();
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : paused || look()));
  button.hidden = false;
  say(`Live. ${document.body.dataset.news}`);
  plan(EACH);
})();
