// The table: numbers, gradients so far, differences; and editing the numbers of leaves.

const MOST_ROWS = 1000;
const ofDifferences = Math.min(payload.digits, 8); // they have no more digits that are right
part("scroll").closest(".columns").classList.toggle("long", payload.digits > 4); // one column in print
if (payload.digits > 6) {
  part("scroll").closest(".columns").classList.add("wide");
  part("scroll").firstElementChild.style.minWidth = `${2.2 * (payload.digits + 7)}em`;
}

function makeRows() {
  const words = part("search").value.trim().toLowerCase();
  const every = graph.nodes.map((_, place) => place);
  const fitting = words ? every.filter((place) => graph.wordsOf(place).includes(words)) : every;
  const named = fitting.length > MOST_ROWS ? fitting.filter((place) => graph.labelled.has(place)) : fitting;
  const chosen = (named.length ? named : fitting).slice(0, MOST_ROWS);
  rows = new Map(chosen.map((place) => [place, makeRow(place)]));
  part("rows").replaceChildren(...rows.values());
  sizes = null;
  const hidden = fitting.length - chosen.length;
  const notes = [];
  if (hidden > 0) notes.push(`${counted(hidden, "more node")}: search for them.`);
  if (words && !fitting.length) notes.push("No node has that in its name, operation or scopes.");
  if (!graph.isRecomputable) {
    notes.push(`Only Python can compute ${graph.ownRules.join(", ")}, so numbers cannot be edited here.`);
  } else if (graph.rules.some((rule) => rule.name === "where")) {
    notes.push("where keeps the branch that Python took.");
  }
  part("note").textContent = notes.join(" ");
  picture.showFound(words ? fitting : []);
  for (const place of chosen) showNode(place);
  markRows(currentStep());
}

// Rows of their own, not of a <table>: a browser lays out a table as a whole, at every step.
function makeRow(place) {
  const row = element("div", { role: "row", className: "row" });
  row.dataset.node = place;
  const head = element("span", { role: "rowheader" });
  const button = element("button", { type: "button", title: graph.names[place] });
  const [, path, label] = /^(.* \/ )?(.*)$/s.exec(graph.names[place]);
  if (path) button.append(element("span", { className: "path", textContent: path }));
  button.append(element("span", { textContent: label }));
  button.addEventListener("click", () => choose(place));
  head.append(button);
  const cells = ["number", "gradient", "differences"].map((kind) =>
    element("span", { role: "cell", className: kind }),
  );
  row.append(head, ...cells);
  if (graph.isLeaf(place)) {
    const input = element("input", { inputMode: "decimal", autocomplete: "off" });
    input.setAttribute("aria-label", `Number of ${graph.names[place]}`);
    input.disabled = !graph.isRecomputable;
    input.addEventListener("change", () => edit(place, input));
    cells[0].append(input);
  }
  return row;
}

function showNode(place) {
  const step = currentStep();
  const isSecret = isHidden(step) && step.arg === place;
  const gradient = isSecret ? "?" : gradients[place];
  const number = isComputed(place) ? graph.numbers[place] : null;
  picture.showNumbers(place, number, gradient);
  const row = rows.get(place);
  if (!row) return;
  const [, data, grad, differences] = row.children;
  const input = data.querySelector("input");
  if (!input) setData(data, number);
  else if (document.activeElement !== input || !input.hasAttribute("aria-invalid")) {
    input.removeAttribute("aria-invalid");
    input.value = input.title = digits(number);
    if (Number(input.value) !== number) input.title = String(number);
  }
  setData(grad, gradient);
  const slope = isFinished(place) && !isSecret ? slopeOf(place) : null;
  setData(differences, isOdd(slope) ? "none" : slope, ofDifferences);
  differences.title = isOdd(slope) ? poleWords(place) : "";
}

const poleWords = (node) =>
  `Differences say nothing here: next to ${graph.names[node]} = ${digits(graph.numbers[node])}, ` +
  `${graph.names[graph.root]} has a pole or leaves its domain.`;

// A difference costs two evaluations of the graph. After a jump over many steps there are many to
// take: those that do not fit in this moment are taken in the next ones.
const pending = new Set();
let started = 0;

function slopeOf(place) {
  if (graph.slopes.has(place) || performance.now() - started < 12) return graph.difference(place);
  if (pending.size === 0) setTimeout(takePending);
  pending.add(place);
  return "\u2026";
}

function takePending() {
  started = performance.now();
  for (const place of pending) {
    pending.delete(place);
    showNode(place);
    if (performance.now() - started >= 12) break; // those that wait are not written anew
  }
  if (pending.size) setTimeout(takePending);
}

function setData(cell, number, precision = payload.digits) {
  cell.replaceChildren();
  if (number === null) return cell.append("\u2013");
  if (typeof number === "string") return cell.append(number);
  const value = String(number);
  return cell.append(element("data", { value, title: value, textContent: digits(number, precision) }));
}

function markRows(step) {
  for (const row of part("rows").querySelectorAll(".current, .operand")) row.className = "row";
  const current = step ? step.node : at === seed ? graph.root : graph.forward[at];
  const operands = step ? [step.arg] : at === seed ? [] : operandsOf(current);
  for (const node of operands) rows.get(node)?.classList.add("operand");
  if (rows.has(current)) rows.get(current).className = "row current";
  scrollTo(step ? step.arg : current);
}

// Keeps a row in sight. Heights are asked for once, since asking lays out the page.
function scrollTo(node) {
  const place = [...rows.keys()].indexOf(node);
  if (place < 0) return;
  const box = part("scroll");
  sizes ??= {
    row: rows.get(node).offsetHeight,
    head: box.querySelector(".head").offsetHeight,
    box: box.clientHeight,
  };
  const top = place * sizes.row;
  const room = sizes.box - sizes.head - sizes.row;
  if (top >= scrolled && top <= scrolled + room) return;
  scrolled = Math.max(0, top - room / 2);
  box.scrollTop = scrolled;
}

let sizes = null;
let scrolled = 0;

function edit(leaf, input) {
  const number = typed(input.value);
  input.removeAttribute("aria-invalid");
  if (number === null) {
    input.setAttribute("aria-invalid", "true");
    part("spoken").textContent = `${graph.names[leaf]} keeps ${digits(graph.numbers[leaf])}: write a number.`;
    return;
  }
  graph.edit(leaf, number);
  afterEdit();
}

function restore() {
  graph.restore();
  afterEdit();
}

function afterEdit() {
  part("restore").hidden = !graph.isEdited;
  answered.clear();
  const target = at;
  at = -1;
  gradients = new Array(graph.size).fill(null);
  go(target);
  for (const place of graph.nodes.keys()) showNode(place);
  showPaths();
}
