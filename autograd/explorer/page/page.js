// Controls, keys and printing; and what starts the page.

const MOST_PRINTED = 300;

function printed() {
  while (pending.size) takePending();
  const steps = graph.steps.slice(0, MOST_PRINTED);
  const forward = graph.forward.slice(0, MOST_PRINTED);
  const blocks = [...forward.map((place) => [forwardLine(place)]), ...steps.map((step) => backwardLines(step))];
  part("every-step").innerHTML = blocks
    .map((lines) => `<div>${lines.map((line) => `<p>${mathElement(line)}</p>`).join("")}</div>`)
    .join("");
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
window.addEventListener("beforeprint", () => {
  printed();
  picture.unbound();
});
window.addEventListener("afterprint", () => picture.place());
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

// In a notebook the page stands in a frame, which is as high as its contents.
const frame = window.frameElement;
if (frame) {
  const grow = () => (frame.style.height = `${document.querySelector("main").offsetHeight + 4}px`);
  new ResizeObserver(grow).observe(document.body);
}
