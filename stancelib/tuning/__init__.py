"""Training: from labelled texts to losses, the loop, and fine-tuning on one's own labels.

Needs `pip install 'stancelib[train]'`.
"""
