"""stancelib: who says what about whom, in news text."""
