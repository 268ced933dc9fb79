"""Formulas: read, and written as text, LaTeX and MathML."""
