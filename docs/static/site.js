// Pictures of graphs follow the theme of a page that says "dark" by a class; Furo says it otherwise.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const tell = () => {
    const chosen = document.body.dataset.theme;
    const isDark = chosen === "dark" || (chosen !== "light" && dark.matches);
    document.documentElement.classList.toggle("dark", isDark);
  };
  document.addEventListener("DOMContentLoaded", () => {
    tell();
    dark.addEventListener("change", tell);
    new MutationObserver(tell).observe(document.body, { attributeFilter: ["data-theme"] });
  });
})();
