// Keeps the page at what the sandbox knows: asks once a second, and swaps the part that changed.
(() => {
  const part = () => document.getElementById("live");
  if (!part()) return;
  const address = location.pathname;

  const busy = () => {
    const focused = document.activeElement;
    return part().contains(focused) && focused.matches("textarea, select");
  };
  const opened = () => [...part().querySelectorAll("details")].map((one) => one.open);

  async function refresh() {
    const version = await (await fetch(`${address}/version`)).text();
    if (version === part().dataset.version || busy()) return;
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    const fresh = page.getElementById("live");
    const before = opened();
    const boxes = [...fresh.querySelectorAll("details")];
    if (boxes.length === before.length) boxes.forEach((one, i) => { one.open = before[i]; });
    part().replaceWith(fresh);
  }

  async function loop() {
    try { await refresh(); } catch { /* the sandbox has ended, or is busy */ }
    setTimeout(loop, 1000);
  }
  loop();
})();
