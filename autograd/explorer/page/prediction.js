// Predict mode: says whether a gradient that was typed is right, and if not, what is likely wrong.

// As close as three significant digits, as they would be copied from a calculator.
const agrees = (guess, right) =>
  Object.is(guess, right) || guess === right ||
  (Number.isFinite(right) && Math.abs(guess - right) <= 0.005 * Math.abs(right));

function verdict(step, guess) {
  const { before, after, contribution, upstream, partial } = step;
  if (guess === null) return { isRight: false, words: "That is not a number: write -0.5, 1e-3 or 1/3." };
  if (agrees(guess, after)) return { isRight: true, words: "Right." };
  const from = graph.names[step.node];
  const forgot = `You forgot the gradient of ${from}: what ${from} hands on is its gradient times the local derivative`;
  const mistakes = [
    [-after, "The size is right, but the sign is wrong."],
    [contribution, `You forgot to add: the gradient so far is ${digits(before)}, and += adds to it.`],
    [before - contribution, "Check the sign of what is added."],
    [before + partial, `${forgot}.`],
    [partial, `${forgot}; and the gradient so far, to which it is added.`],
    [before + upstream, `You forgot the local derivative: ${from} hands on its gradient times that.`],
    [upstream, "You forgot the local derivative, and the gradient so far, to which it is added."],
  ];
  const likely = mistakes.find(([number]) => agrees(guess, number));
  const words = likely
    ? likely[1]
    : `Not yet: multiply the gradient of ${from} by the local derivative, and add that to the gradient so far.`;
  return { isRight: false, words };
}

// The mode itself: what is open, what was answered, and the score.

let predicting = false;
const answered = new Map(); // by step: whether the first answer was right
const tries = new Map();

function togglePredict() {
  predicting = !predicting;
  part("predict").setAttribute("aria-pressed", String(predicting));
  part("paths").closest("section").hidden = predicting; // they tell what is to be predicted
  if (predicting && at <= seed) return go(seed + 1);
  return show(new Set(graph.nodes.keys()));
}

function showPrediction(step) {
  const form = part("prediction");
  form.hidden = !predicting || !step;
  if (form.hidden) return;
  const isOpen = !answered.has(at);
  part("question").textContent = `The gradient of ${graph.names[step.arg]} becomes`;
  part("guess").disabled = !isOpen;
  part("reveal").disabled = form.querySelector("[type=submit]").disabled = !isOpen;
  if (part("verdict").dataset.step !== String(at)) {
    part("verdict").textContent = "";
    part("verdict").dataset.step = at;
    part("guess").value = "";
  }
  const right = [...answered.values()].filter(Boolean).length;
  part("score").textContent = answered.size === 0 ? "" : `Score: ${right} of ${answered.size} right at the first try.`;
}

function check(event) {
  event.preventDefault();
  const step = currentStep();
  const { isRight, words } = verdict(step, typed(part("guess").value));
  if (isRight) {
    answer(!tries.has(at));
    part("verdict").textContent = `${words} It is ${digits(step.after)}.`;
    part("next").focus();
    return;
  }
  tries.set(at, (tries.get(at) ?? 0) + 1);
  part("verdict").textContent = words;
  part("guess").select();
}

function answer(isRight) {
  answered.set(at, isRight);
  show(new Set());
}
