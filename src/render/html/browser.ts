/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * What the page does in a browser; its text goes into the page as it is, so it may use nothing but the browser's.
 * All of the page can be read without it.
 */
export function browser(): void {
  const all = <Found extends Element>(selector: string, within: ParentNode = document): Found[] => [
    ...within.querySelectorAll<Found>(selector),
  ];
  const one = <Found extends Element>(selector: string): Found | null =>
    document.querySelector<Found>(selector);
  const articles = all<HTMLElement>("article[data-text]");
  const search = one<HTMLInputElement>("#search");
  const kind = one<HTMLSelectElement>("#kind");
  const state = one<HTMLSelectElement>("#state");
  const count = one<HTMLElement>("#count");
  const help = one<HTMLDialogElement>("#help");

  // filters
  const filter = (): void => {
    const words = (search?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const article of articles) {
      const { text = "", kind: own = "", state: is = "" } = article.dataset;
      const fits =
        words.every((word) => text.includes(word)) &&
        (kind === null || kind.value === "" || kind.value === own) &&
        (state === null || state.value === "" || is.split(" ").includes(state.value));
      article.hidden = !fits;
      if (fits) shown++;
    }
    if (count !== null) count.textContent = `${shown} of ${articles.length} shown`;
  };
  for (const control of [search, kind, state]) control?.addEventListener("input", filter);
  one("form")?.addEventListener("submit", (event) => event.preventDefault());
  for (const element of all<HTMLElement>(".script-only")) element.hidden = false;
  if (articles.length > 0) filter();

  // tabs
  const tabs = all<HTMLAnchorElement>("nav a");
  const panels = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
  const choose = (chosen: number): void => {
    for (const [index, tab] of tabs.entries()) {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
      const panel = panels[index];
      if (panel) panel.hidden = index !== chosen;
    }
  };
  const ofHash = (): void => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const index = panels.findIndex((panel) => panel !== null && target !== null && panel.contains(target));
    choose(Math.max(0, index));
    target?.scrollIntoView();
  };
  if (tabs.length > 0) {
    one("nav")?.setAttribute("role", "tablist");
    for (const [index, tab] of tabs.entries()) {
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", tab.hash.slice(1));
      panels[index]?.setAttribute("role", "tabpanel");
      panels[index]?.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", (event) => {
        event.preventDefault();
        choose(index);
      });
      tab.addEventListener("keydown", (event) => {
        const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (step === 0) return;
        const next = (index + step + tabs.length) % tabs.length;
        choose(next);
        tabs[next]?.focus();
      });
    }
    ofHash();
    addEventListener("hashchange", ofHash);
  }

  // an edge of a picture, its stack and its locks belong together
  const light = (from: EventTarget | null, on: boolean): void => {
    const element = from instanceof Element ? from.closest("[data-edge],.edge") : null;
    const article = element?.closest("article");
    if (!element || !article) return;
    const edge =
      element.getAttribute("data-edge") ?? /\be(\d+)\b/.exec(element.getAttribute("class") ?? "")?.[1] ?? "";
    for (const mate of all(`[data-edge="${edge}"],.edge.e${edge}`, article)) mate.classList.toggle("hot", on);
  };
  for (const [event, on] of [
    ["mouseover", true],
    ["mouseout", false],
    ["focusin", true],
    ["focusout", false],
  ] as const)
    addEventListener(event, ({ target }) => light(target, on));

  // copying
  const copy = async (text: string, button: HTMLElement): Promise<void> => {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "copied";
    } catch {
      button.textContent = "select and copy it by hand";
    }
    setTimeout(() => (button.textContent = before), 2000);
  };
  addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("button[data-copy]") : null;
    const article = button?.closest("article");
    const text = article?.querySelector("pre.kernel")?.textContent ?? "";
    if (!button || !article) return;
    const title = article.querySelector("h2")?.textContent ?? "";
    // a fence longer than any in the text
    const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
    const fence = "`".repeat(longest + 1);
    void copy(
      button.dataset["copy"] === "mail" ? `${title}\n\n${text}` : `${fence}\n${text}${fence}\n`,
      button,
    );
  });

  // keys
  const move = (step: number): void => {
    const shown = articles.filter((article) => !article.hidden && article.offsetParent !== null);
    const at = shown.findIndex((article) => article.contains(document.activeElement));
    const next =
      shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : Math.min(shown.length - 1, Math.max(0, at + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const toggle = (): void => {
    const article = document.activeElement;
    if (!(article instanceof HTMLElement) || article.dataset["text"] === undefined) return;
    const folds = all<HTMLDetailsElement>("details", article);
    const open = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = open;
  };
  addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    if (key === "Escape" && target === search) {
      search?.blur();
      return;
    }
    if (target instanceof Element && target.closest("input,select,textarea,dialog") !== null) return;
    if (key === "Enter" && target instanceof Element && target.closest("a,button,summary") !== null) return;
    const keys: Readonly<Record<string, () => void>> = {
      j: () => move(1),
      k: () => move(-1),
      Enter: toggle,
      "/": () => search?.focus(),
      "?": () => help?.showModal(),
    };
    const act = keys[key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  for (const button of all<HTMLElement>("[data-help]"))
    button.addEventListener("click", () => help?.showModal());
}
