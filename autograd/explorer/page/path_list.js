// The list of paths from the root down to a node; a chosen one is marked in the picture.

function makeTargets() {
  const every = graph.nodes.map((_, place) => place).filter((place) => place !== graph.root);
  const leaves = every.filter((place) => graph.isLeaf(place));
  const others = every.filter((place) => !graph.isLeaf(place));
  const choices = [...leaves, ...others].slice(0, MOST_ROWS);
  part("root").textContent = graph.names[graph.root];
  part("target").replaceChildren(
    ...choices.map((place) => new Option(graph.names[place], String(place))),
  );
  part("target").closest("section").hidden = choices.length === 0;
}

function showPaths() {
  picture.showPath([]);
  if (part("target").value === "") return;
  const target = Number(part("target").value);
  const { count, paths } = pathsTo(graph, target);
  const [root, end] = [graph.names[graph.root], graph.names[target]];
  const many = count < 1e15 ? count.toLocaleString("en") : digits(count);
  part("paths-summary").textContent =
    count === 0
      ? `${root} does not depend on ${end}: no path leads there.`
      : count === 1
        ? "One path; it gives the gradient."
        : `${many} paths; their products add up to ${digits(graph.gradients[target])}.` +
          (count > paths.length ? ` The ${paths.length} largest:` : "");
  part("paths").replaceChildren(...paths.map((each) => pathItem(each, end)));
}

function pathItem({ edges, product }, end) {
  const factors = edges.map(({ partial }, place) =>
    place && partial < 0 ? `(${digits(partial)})` : digits(partial),
  );
  const nodes = [...edges.map(({ node }) => graph.names[node]), end];
  const button = element("button", { type: "button", ariaPressed: "false" });
  for (const text of [
    [digits(product), ...(edges.length > 1 ? [shortened(factors).join(" \u00b7 ")] : [])].join(" = "),
    shortened(nodes).join(" \u2192 "),
  ]) {
    button.append(element("span", { textContent: text }));
  }
  button.addEventListener("click", () => {
    const isOn = button.getAttribute("aria-pressed") === "true";
    for (const other of part("paths").querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(!isOn));
    picture.showPath(isOn ? [] : edges);
  });
  const item = element("li");
  item.append(button);
  return item;
}

const shortened = (parts) => (parts.length <= 9 ? parts : [...parts.slice(0, 4), "\u2026", ...parts.slice(-4)]);
