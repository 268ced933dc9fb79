// Controls, keys and printing; and what starts the page.

const MOST_PRINTED = 150; // rows

// On paper: the whole picture, and the table with every number, whatever step the page is at.
let before = 0;

function print(isPrinting) {
  if (isPrinting) before = at;
  go(isPrinting ? last : before);
  while (pending.size) takePending();
  [...rows.values()].forEach((row, place) => (row.hidden = isPrinting && place >= MOST_PRINTED));
  if (isPrinting) picture.unbound();
  else picture.place();
}

const isTextField = (element) => element?.matches?.('textarea, input:not([type="range"])') ?? false;

document.addEventListener(
  "keydown",
  (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (isTextField(event.target)) return;
    const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    event.stopPropagation();
    go(at + direction);
  },
  { capture: true },
);

const on = (name, event, action) => part(name).addEventListener(event, action);
on("first", "click", () => go(0));
on("previous", "click", () => go(at - 1));
on("next", "click", () => go(at + 1));
on("last", "click", () => go(last));
on("slider", "input", () => go(Number(part("slider").value)));
on("fold", "click", () => picture.fold(-1));
on("unfold", "click", () => picture.fold(1));
on("zoom-in", "click", () => picture.zoom(1.3));
on("zoom-out", "click", () => picture.zoom(1 / 1.3));
on("fit", "click", () => picture.overview());
on("search", "input", makeRows);
on("restore", "click", restore);
on("target", "change", showPaths);
on("predict", "click", togglePredict);
on("prediction", "submit", check);
on("reveal", "click", () => {
  answer(false);
  part("verdict").textContent = `It is ${digits(currentStep().after)}.`;
});
window.addEventListener("beforeprint", () => print(true));
window.addEventListener("afterprint", () => print(false));
window.addEventListener("resize", () => (sizes = null));
on("scroll", "scroll", () => (scrolled = part("scroll").scrollTop));

picture.onDraw = () => {
  part("fold").disabled = !picture.canFold(-1);
  part("unfold").disabled = !picture.canFold(1);
  part("fold").hidden = part("unfold").hidden = payload.views.length === 1;
  if (at >= 0) show(new Set(graph.nodes.keys()));
};

part("slider").max = last;
part("picture").setAttribute(
  "aria-label",
  `Graph of ${graph.names[graph.root]}, ${counted(graph.size, "node")}; the table of numbers lists them`,
);
makeTargets();
go(0);
makeRows();
picture.onDraw();
showPaths();

// In a notebook the page stands in a frame: dark where the notebook is, and as high as its contents.
const frame = window.frameElement;
if (frame) {
  const host = window.parent.document.body;
  const follow = () => {
    const isDark = host.matches('[data-jp-theme-light="false"], .vscode-dark, .dark, .dark *, [theme=dark] *');
    const isLight = host.matches('[data-jp-theme-light="true"], .vscode-light, .light, .light *');
    document.documentElement.dataset.theme = isDark ? "dark" : isLight ? "light" : "";
  };
  follow();
  for (const part of [host, host.parentElement]) new MutationObserver(follow).observe(part, { attributes: true });
  const grow = () => (frame.style.height = `${document.querySelector("main").offsetHeight + 4}px`);
  new ResizeObserver(grow).observe(document.body);
}
