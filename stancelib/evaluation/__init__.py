"""How good a model is: scores with intervals, calibration, comparison of two models, and a report to read.

Needs `pip install 'stancelib[train]'`.
"""
