// The picture: boxes, links and frames where Python placed them; marks, folding, panning, zooming.

const SVG = "http://www.w3.org/2000/svg";
const PACE = 60; // pixels that a key moves the picture by
const READABLE = 0.75; // below this scale text cannot be read: show a part, and follow the steps

function drawn(parent, name, attributes = {}, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, setting] of Object.entries(attributes)) element.setAttribute(key, setting);
  if (text) element.textContent = text;
  parent.append(element);
  return element;
}

class Picture {
  constructor(svg, graph, views, chosen) {
    Object.assign(this, { svg, graph, views, chosen });
    this.level = Math.max(0, views.findIndex((view) => view.opens));
    this.found = new Set();
    this.path = [];
    this.listen();
    this.draw();
  }

  // -- drawing -------------------------------------------------------------------------------------

  draw() {
    const view = (this.view = this.views[this.level]);
    this.svg.replaceChildren();
    this.sheet = drawn(this.svg, "g");
    for (const [name, x, y, width, height] of view.frames) {
      const frame = drawn(this.sheet, "g", { class: "frame" });
      drawn(frame, "rect", { x, y, width, height });
      const title = drawn(frame, "text", { x: x + 8, y: y + 12 }, name);
      title.addEventListener("click", () => this.fold(-1));
    }
    this.links = view.links.map(([source, target, node, operand, count, points]) => {
      const line = drawn(this.sheet, "path", { class: "link", d: curve(points) });
      if (count > 1) line.setAttribute("stroke-width", Math.min(1 + Math.log2(count) / 2, 4));
      return { line, source, target, node, operand };
    });
    this.linkAt = new Map(this.links.map((link) => [`${link.node}-${link.operand}`, link]));
    this.linkBetween = new Map(this.links.map((link) => [`${link.source} ${link.target}`, link]));
    this.nodesIn = view.boxes.map(() => []);
    view.boxAt.forEach((box, node) => this.nodesIn[box].push(node));
    this.boxes = view.boxes.map((box, place) => this.drawBox(box, place));
    this.measure();
    this.fit();
    this.onDraw?.();
  }

  // A box as Python laid it out: its texts in their places, and numbers written at each step.
  drawBox([id, x, y, width, height, divider, lines, node], place) {
    const kind = { c: "constant", s: "folded", g: "folded" }[id[0]];
    const isFolded = kind === "folded";
    const group = drawn(this.sheet, "g", {
      class: `box ${kind ?? (this.graph.isLeaf(node) ? "leaf" : "result")}`,
      transform: `translate(${x} ${y})`,
    });
    if (isFolded) drawn(group, "rect", { x: 2.5, y: 2.5, width, height, rx: 4 });
    if (kind !== "constant") drawn(group, "rect", { width, height, rx: 4 });
    if (divider) drawn(group, "line", { x1: divider, x2: divider, y1: 0, y2: height });
    const texts = {};
    for (const [role, text, at, down] of lines) {
      const low = role === "name" && at < divider ? " low" : "";
      texts[role] = drawn(group, "text", { class: role + low, x: at, y: down }, text);
    }
    if (isFolded) group.addEventListener("click", () => this.fold(1));
    else if (kind !== "constant") {
      group.dataset.node = node;
      group.addEventListener("click", () => this.wasDragged || this.chosen(node));
    }
    return { group, texts, node, room: width - divider - 14, caption: texts.caption?.textContent };
  }

  // -- what the current step shows -------------------------------------------------------------------

  showNumbers(node, data, grad) {
    const box = this.boxes[this.view.boxAt[node]];
    if (box.node !== node) return;
    box.group.classList.toggle("waiting", data === null);
    box.texts.data.textContent = data === null ? "" : digits(data);
    const written = grad === null ? "\u2013" : typeof grad === "string" ? grad : digits(grad);
    box.texts.grad.textContent = written;
    box.texts.grad.classList.toggle("plus", grad > 0);
    box.texts.grad.classList.toggle("minus", grad < 0);
    box.group.classList.toggle("odd", isOdd(data) || isOdd(grad));
  }

  mark(current, operands, edges) {
    for (const element of this.sheet.querySelectorAll(".current, .operand, .active")) {
      element.classList.remove("current", "operand", "active");
    }
    for (const [node, index] of edges) this.link(node, index)?.line.classList.add("active");
    const box = this.view.boxAt[current];
    for (const operand of operands) this.boxes[this.view.boxAt[operand]].group.classList.add("operand");
    this.boxes[box].group.classList.remove("operand");
    this.boxes[box].group.classList.add("current");
    this.follow([box, ...operands.map((operand) => this.view.boxAt[operand])]);
  }

  link(node, index) {
    const exact = this.linkAt.get(`${node}-${index}`);
    if (exact) return exact;
    const arg = this.graph.nodes[node].args[index];
    return this.linkBetween.get(`${this.view.boxAt[arg]} ${this.view.boxAt[node]}`);
  }

  // Marks the links of a path; what of it lies inside a folded box is named in the box.
  showPath(edges) {
    this.path = edges;
    const inside = new Map();
    for (const { line } of this.links) line.classList.remove("on-path");
    for (const { node, arg, index } of edges) {
      const box = this.view.boxAt[node];
      if (this.view.boxAt[arg] !== box) this.link(node, index)?.line.classList.add("on-path");
      else inside.set(box, [...(inside.get(box) ?? [node]), arg]);
    }
    this.boxes.forEach(({ group, texts, caption, room }, place) => {
      const nodes = inside.get(place);
      group.classList.toggle("on-path", nodes !== undefined);
      if (caption === undefined) return;
      const words = nodes?.map((node) => this.graph.names[node]).join(" \u2192 ");
      texts.caption.textContent = nodes ? shortenedTo(words, room, "8.5px") : caption;
    });
  }

  showFound(found) {
    this.found = new Set(found);
    const boxes = new Set(found.map((node) => this.view.boxAt[node]));
    this.boxes.forEach(({ group }, place) => group.classList.toggle("found", boxes.has(place)));
    if (found.length) this.follow([this.view.boxAt[found[0]]]);
  }

  // -- folding, panning, zooming ----------------------------------------------------------------------

  canFold(direction) {
    return this.level + direction >= 0 && this.level + direction < this.views.length;
  }

  fold(direction) {
    if (!this.canFold(direction) || this.wasDragged) return;
    this.level += direction;
    this.draw();
    this.showPath(this.path);
    this.showFound([...this.found]);
  }

  measure() {
    this.width = this.svg.clientWidth || 600;
    const whole = this.width / (this.view.size[0] + 16);
    this.scale = Math.min(1.3, whole < READABLE ? 1 : whole);
    const most = Math.max(180, window.innerHeight * 0.48);
    this.height = Math.max(110, Math.min(this.view.size[1] * this.scale + 16, most));
    this.svg.style.height = `${this.height}px`;
    this.home = this.scale;
  }

  fit() {
    const whole = Math.min(this.width / (this.view.size[0] + 16), this.height / (this.view.size[1] + 16));
    this.scale = Math.min(this.home, whole < READABLE ? this.home : whole);
    this.x = (this.view.size[0] - this.width / this.scale) / 2;
    this.y = (this.view.size[1] - this.height / this.scale) / 2;
    if (whole < READABLE) this.x = Math.max(this.x, -8);
    this.place();
  }

  overview() {
    this.scale = Math.min(1.3, this.width / (this.view.size[0] + 16), this.height / (this.view.size[1] + 16));
    this.x = (this.view.size[0] - this.width / this.scale) / 2;
    this.y = (this.view.size[1] - this.height / this.scale) / 2;
    this.place();
  }

  zoom(factor, [atX, atY] = [this.width / 2, this.height / 2]) {
    const scale = Math.min(4, Math.max(0.05, this.scale * factor));
    this.x += atX / this.scale - atX / scale;
    this.y += atY / this.scale - atY / scale;
    this.scale = scale;
    this.place();
  }

  // Moves what is seen, as long as some of the picture is in sight.
  pan(right, down) {
    const [width, height] = [this.width / this.scale, this.height / this.scale];
    const kept = 40 / this.scale;
    this.x = Math.min(this.view.size[0] - kept, Math.max(kept - width, this.x + right / this.scale));
    this.y = Math.min(this.view.size[1] - kept, Math.max(kept - height, this.y + down / this.scale));
    this.place();
  }

  place() {
    const [left, top] = [-this.x * this.scale, -this.y * this.scale];
    this.sheet.setAttribute("transform", `translate(${left} ${top}) scale(${this.scale})`);
    this.svg.removeAttribute("viewBox");
  }

  // The whole picture, as wide as the paper: for printing.
  unbound() {
    this.sheet.removeAttribute("transform");
    this.svg.setAttribute("viewBox", `0 0 ${this.view.size.join(" ")}`);
    this.svg.style.aspectRatio = this.view.size.join(" / ");
  }

  // Moves the picture no more than needed to show these boxes, the first above all. Where it is too
  // narrow for those near the first, it is smaller for that step, as far as text can be read.
  follow(boxes) {
    const needed = (...shown) => {
      const span = (axis) => {
        const ends = shown.map((box) => this.view.boxes[box][axis] + this.view.boxes[box][axis + 2]);
        return Math.max(...ends) - Math.min(...shown.map((box) => this.view.boxes[box][axis])) + 24;
      };
      return Math.min(this.width / span(1), this.height / span(2));
    };
    const near = boxes.filter((box) => needed(boxes[0], box) >= READABLE);
    const usual = this.scale === this.lowered ? this.home : this.scale;
    this.scale = usual > this.home ? usual : Math.min(usual, Math.max(READABLE, needed(boxes[0], ...near)));
    this.lowered = this.scale < usual ? this.scale : null;
    const [width, height] = [this.width / this.scale, this.height / this.scale];
    for (const box of [...boxes].reverse()) {
      const [, x, y, wide, high] = this.view.boxes[box];
      this.x = Math.min(x - 12, Math.max(this.x, x + wide + 12 - width));
      this.y = Math.min(y - 12, Math.max(this.y, y + high + 12 - height));
    }
    this.place();
  }

  listen() {
    let from = null;
    this.svg.addEventListener("pointerdown", (event) => {
      from = { x: event.clientX, y: event.clientY, left: this.x, top: this.y };
      this.wasDragged = false;
    });
    window.addEventListener("pointermove", (event) => {
      if (!from || event.buttons === 0) return void (from = null);
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
      if (!this.wasDragged && Math.hypot(dx, dy) < 5) return;
      this.wasDragged = true;
      this.svg.classList.add("dragged");
      this.x = from.left - dx / this.scale;
      this.y = from.top - dy / this.scale;
      this.place();
    });
    window.addEventListener("pointerup", () => {
      from = null;
      this.svg.classList.remove("dragged");
      setTimeout(() => (this.wasDragged = false));
    });
    this.svg.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      const factor = { "+": 1.3, "-": 1 / 1.3 }[event.key];
      if (direction && event.shiftKey) this.pan(...direction.map((one) => one * PACE));
      else if (factor) this.zoom(factor);
      else return;
      event.preventDefault();
    });
    this.svg.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the page
        event.preventDefault();
        const { left, top } = this.svg.getBoundingClientRect();
        this.zoom(Math.exp(-event.deltaY / 300), [event.clientX - left, event.clientY - top]);
      },
      { passive: false },
    );
    window.addEventListener("resize", () => {
      if (this.svg.clientWidth === this.width) return;
      this.measure();
      this.fit();
      this.onDraw?.();
    });
  }
}

// Straight from point to point, and curved where the line changes its height.
function curve(points) {
  let path = `M${points[0]} ${points[1]}`;
  for (let place = 2; place < points.length; place += 2) {
    const [x0, y0, x1, y1] = points.slice(place - 2, place + 2);
    const middle = (x0 + x1) / 2;
    path += y0 === y1 ? `H${x1}` : `C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`;
  }
  return path;
}

// Measured apart from the page: asking the page for a width would lay it out each time.
const pen = document.createElement("canvas").getContext("2d");

function textWidth(text, font) {
  pen.font = `${font} "DejaVu Sans", Verdana, "Segoe UI", system-ui, sans-serif`;
  return pen.measureText(text).width;
}

// Text that fits in a room, cut at its end.
function shortenedTo(text, room, font) {
  let shown = text;
  while (shown.length > 2 && textWidth(shown, font) > room) shown = `${shown.slice(0, -2)}\u2026`;
  return shown;
}

const isOdd = (number) => typeof number === "number" && !Number.isFinite(number);
