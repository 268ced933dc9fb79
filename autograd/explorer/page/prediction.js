// Predict mode: says whether a gradient that was typed is right, and if not, what is likely wrong.

// As close as three significant digits, as they would be copied from a calculator.
const agrees = (guess, right) => guess === right || Math.abs(guess - right) <= 0.005 * Math.abs(right);

function verdict(step, guess) {
  const { before, after, contribution, upstream, partial } = step;
  if (Number.isNaN(guess)) return { isRight: false, words: "That is not a number: write -0.5, 1e-3 or 1/3." };
  if (agrees(guess, after)) return { isRight: true, words: "Right." };
  const mistakes = [
    [-after, "The size is right, but the sign is wrong."],
    [contribution, "You forgot to add: the gradient had a part already, and += adds to it."],
    [before - contribution, "Check the sign of what is added."],
    [before + partial, "You forgot the upstream factor: multiply the local derivative by it."],
    [partial, "You forgot the upstream factor, and to add what was there already."],
    [before + upstream, "You forgot the local derivative: multiply the upstream gradient by it."],
    [upstream, "You forgot the local derivative, and to add what was there already."],
  ];
  const likely = mistakes.find(([number]) => agrees(guess, number));
  const words = likely
    ? likely[1]
    : "Not yet: multiply upstream by local derivative, and add what is there already.";
  return { isRight: false, words };
}
