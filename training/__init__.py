"""Training and evaluation of stancelib models on public corpora."""
