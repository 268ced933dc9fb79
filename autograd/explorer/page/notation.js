// Numbers and formulas as text and as MathML, written as autograd/notation.py writes them.

function digits(number, precision = payload.digits) {
  if (!Number.isFinite(number)) return String(number).replace("Infinity", "inf").replace("NaN", "nan");
  if (Number.isInteger(number) && Math.abs(number) < 1e6) return String(number === 0 ? 0 : number);
  const [mantissa, exponent] = number.toExponential(precision - 1).split("e");
  if (exponent >= -4 && exponent < precision) return String(Number(number.toPrecision(precision)));
  return `${Number(mantissa)}e${Number(exponent)}`;
}

// A constant stands in full where that takes few digits.
function constant(number) {
  for (let precision = payload.digits; precision <= 10; precision++) {
    const written = digits(number, precision);
    if (parsed(written) === number) return written;
  }
  return digits(number);
}

const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

const signed = (text) =>
  text.startsWith("-")
    ? `<mrow><mo form="prefix">\u2212</mo><mn>${text.slice(1)}</mn></mrow>`
    : `<mn>${text}</mn>`;

const mathNumber = (number, isBracketed = false) => mathNumeral(digits(number), isBracketed);

function mathConstant(number, isBracketed) {
  return payload.constants[number]?.[Number(isBracketed)] ?? mathNumeral(constant(number), isBracketed);
}

function mathNumeral(text, isBracketed) {
  const [mantissa, exponent] = text.replace("inf", "\u221e").split("e");
  let written = signed(mantissa);
  if (exponent) {
    written = `<mrow>${written}<mo>\u00d7</mo><msup><mn>10</mn>${signed(exponent)}</msup></mrow>`;
  }
  const needed = isBracketed && (exponent || mantissa.startsWith("-"));
  return needed ? `<mrow><mo>(</mo>${written}<mo>)</mo></mrow>` : written;
}

// Fills the slots of a rule's formula: {0} is its result, {1} its first operand; {(1} stands where
// a negative number needs parentheses.
const filled = (formula, fill) =>
  formula.replace(/\{(\(?)(\d+)\}/g, (_, bracket, slot) => fill(Number(slot), bracket !== ""));

// The derivative of the root by a node over all paths: a bar over the node's name, and only there.
const bar = (name) =>
  name.replace(/<mi>.*?<\/mi>/, (letter) => `<mover accent="true">${letter}<mo>\u00af</mo></mover>`);

// The derivative of one operation by one operand, which is counted where it is taken twice.
const localSlope = (node, arg, place) =>
  place
    ? `<mrow><msub><mi>\u2202</mi><mn>${place}</mn></msub>${node}</mrow>`
    : `<mfrac><mrow><mi>\u2202</mi>${node}</mrow><mrow><mi>\u2202</mi>${arg}</mrow></mfrac>`;

const [opened, closed] = ['<math displaystyle="true"><mrow>', "</mrow></math>"];
const mathElement = (inside) => `${opened}${inside}${closed}`;

// Joins sides by equals signs, before which a line may break; leaves out a side that repeats.
function equation(...sides) {
  const distinct = sides.filter((side, place) => side !== sides[place - 1]);
  return distinct.join(`${closed} ${opened}<mo form="infix">=</mo>`);
}

// A number as a learner types it: -0.5, 1e-3, 1/3, inf, nan; null for anything else.
function typed(text) {
  const parts = text.toLowerCase().replaceAll("\u2212", "-").split("/").map(typedAlone);
  if (parts.length > 2 || parts.includes(null)) return null;
  return parts.length === 2 ? parts[0] / parts[1] : parts[0];
}

function typedAlone(text) {
  const [, sign, size] = /^\s*([-+]?)(inf|nan|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*$/.exec(text) ?? [];
  if (size === undefined) return null;
  return sign === "-" ? -parsed(size) : parsed(size);
}
