#!/usr/bin/env bash
# QuantLib 1.44 (Python), `AnalyticDigitalAmericanEngine` with `AssetOrNothingPayoff`, paid when the strike
# is touched: a call with the spot above the strike, a put with the spot below it.
# Expected: such an option is worth the spot, since it pays one share now, so its delta is 1.
# Seen: NPV is the spot, and moves with it one to one, but `delta()` is 0; differences of NPV give 1. On the
# other side of the strike delta is right, and so it is for CashOrNothing on both sides. (For payment at expiry
# there is no delta: an error says so.) No warning; no report of it was found upstream.
# Hurts: hedges of one-touch books: a position that moves like the share is told to need none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q QuantLib==1.44
"$folder/venv/bin/python" - <<'PY'
import QuantLib as ql

today, days = ql.Date(1, 6, 2026), ql.Actual365Fixed()
ql.Settings.instance().evaluationDate = today
spot = ql.SimpleQuote(100.0)
process = ql.BlackScholesMertonProcess(
    ql.QuoteHandle(spot),
    ql.YieldTermStructureHandle(ql.FlatForward(today, 0.02, days)),
    ql.YieldTermStructureHandle(ql.FlatForward(today, 0.04, days)),
    ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), 0.25, days)),
)

def compare(payoff, at):
    option = ql.VanillaOption(payoff, ql.AmericanExercise(today, today + 365, False))
    option.setPricingEngine(ql.AnalyticDigitalAmericanEngine(process))
    values, h = [], 1e-3
    for s in (at + h, at - h, at):
        spot.setValue(s)
        values.append(option.NPV())
    told, seen = option.delta(), (values[0] - values[1]) / (2 * h)
    print(f"{type(payoff).__name__}, strike 105, spot {at}: "
          f"worth {values[2]:.4f}, delta {told:.6f}, by differences {seen:.6f}")
    return values[2], told, seen

for kind, inside in ((ql.Option.Call, 118.0), (ql.Option.Put, 92.0)):
    other = 210.0 - inside
    for payoff in (ql.AssetOrNothingPayoff(kind, 105.0), ql.CashOrNothingPayoff(kind, 105.0, 10.0)):
        for at in (inside, other):
            value, told, seen = compare(payoff, at)
            if isinstance(payoff, ql.AssetOrNothingPayoff) and at == inside:
                assert abs(value - at) < 1e-12 and told == 0 and abs(seen - 1) < 1e-6
            else:
                assert abs(told - seen) < 1e-5
PY
