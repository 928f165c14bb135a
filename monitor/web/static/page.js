// What the page can do beyond links and forms; without it all else works.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector("[data-slash]");
  if (!box || !box.checkVisibility()) return;
  event.preventDefault();
  box.focus();
  box.select();
});

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "已复制";
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// On a narrow screen the facets would push the finds out of sight.
const fold = () => {
  for (const facets of document.querySelectorAll(".narrowing")) {
    facets.open = !window.matchMedia("(max-width: 56rem)").matches;
  }
};
document.addEventListener("htmx:afterSettle", fold);
fold();
