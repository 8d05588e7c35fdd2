# All that made models/default, in order; each part but the last began with labels that were fewer than now.
# 0.4.1, at commit 89e6fb8 (its first two parts took 108 minutes on two cores with bfloat16 units)
python -m training.train --recipe training/recipes/default.toml --data ../shared/data --out runs/default
python -m training.train --recipe training/recipes/default-2.toml --data ../shared/data --out runs/default-2
python -m training.average runs/default/best runs/default-2/best --weights 1 2 --out runs/0.4.1 --version 0.4.1
python -m training.names_head --model runs/0.4.1 --data ../shared/data
# from there on, with the texts written for this project
python -m training.train --recipe training/recipes/default-3.toml --data ../shared/data --out runs/default-3
python -m training.train --recipe training/recipes/default-4.toml --data ../shared/data --out runs/default-4
