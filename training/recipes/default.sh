# All that made models/default, in order; labels and written texts grew meanwhile, so that each part saw more of them.
# 0.4.1, at commit 89e6fb8
python -m training.train --recipe training/recipes/default.toml --data ../shared/data --out runs/default
python -m training.train --recipe training/recipes/default-2.toml --data ../shared/data --out runs/default-2
python -m training.average runs/default/best runs/default-2/best --weights 1 2 --out runs/0.4.1 --version 0.4.1
python -m training.names_head --model runs/0.4.1 --data ../shared/data
# from there on, with the texts written for this project; default-3 was stopped after its second epoch of four
python -m training.train --recipe training/recipes/default-3.toml --data ../shared/data --out runs/default-3
python -m training.train --recipe training/recipes/default-4.toml --data ../shared/data --out runs/default-4
python -m training.average runs/0.4.1 runs/default-{3,4}/best --weights 1 1 2 --out runs/0.5.0 --version 0.5.0
python -m training.names_head --model runs/0.5.0 --data ../shared/data
python -m training.calibrate --model runs/0.5.0 --data ../shared/data
# from there on, with our labels of real sentences; default-6 was stopped after its first epoch, and gone on with later
python -m training.train --recipe training/recipes/default-6.toml --data ../shared/data --out runs/default-6
cp -r runs/default-6/best runs/default-6-e1
python -m training.train --recipe training/recipes/default-6.toml --data ../shared/data --out runs/default-6
python -m training.train --recipe training/recipes/default-7.toml --data ../shared/data --out runs/default-7
python -m training.average runs/0.5.0 runs/default-{6,7}/best --weights 1 2 2 --out runs/0.6.0 --version 0.6.0
python -m training.names_head --model runs/0.6.0 --data ../shared/data
python -m training.calibrate --model runs/0.6.0 --data ../shared/data
# from there on, with the labels of the rest of PolNeAR, of Lee's articles and of more sentences, which grew meanwhile
python -m training.train --recipe training/recipes/default-8.toml --data ../shared/data --out runs/default-8
python -m training.average runs/0.6.0 runs/default-8/best --out runs/0.6.1 --version 0.6.1
python -m training.train --recipe training/recipes/default-9.toml --data ../shared/data --out runs/default-9
python -m training.train --recipe training/recipes/default-10.toml --data ../shared/data --out runs/default-10
python -m training.average runs/0.6.1 runs/default-{9,10}/best --weights 1 2 3 --out runs/0.7.0 --version 0.7.0
python -m training.names_head --model runs/0.7.0 --data ../shared/data
python -m training.calibrate --model runs/0.7.0 --data ../shared/data
# from there on, with two readings of the crowds' targets, real acts and more hard statements
python -m training.train --recipe training/recipes/default-11.toml --data ../shared/data --out runs/default-11
python -m training.average runs/0.7.0 runs/default-11/best --out runs/0.7.1 --version 0.7.1
python -m training.train --recipe training/recipes/default-12.toml --data ../shared/data --out runs/default-12
python -m training.average runs/0.7.0 runs/default-{11,12}/best --out runs/0.7.2 --version 0.7.2
python -m training.train --recipe training/recipes/default-13.toml --data ../shared/data --out runs/default-13
python -m training.average runs/0.7.2 runs/default-13/best --out runs/0.7.3 --version 0.7.3
python -m training.train --recipe training/recipes/default-14.toml --data ../shared/data --out runs/default-14
python -m training.average runs/default-{9,10,11,12,13,14}/best --weights 1 2 2 1 1 2 --out runs/0.8.0 --version 0.8.0
python -m training.names_head --model runs/0.8.0 --data ../shared/data
python -m training.calibrate --model runs/0.8.0 --data ../shared/data
# from there on, with plain statements, other states and names, and reports of Reuters
python -m training.average runs/default-{9,10,12,13}/best --weights 2 1 1 2 --out runs/0.8.1 --version 0.8.1
python -m training.train --recipe training/recipes/default-15.toml --data ../shared/data --out runs/default-15
python -m training.train --recipe training/recipes/default-16.toml --data ../shared/data --out runs/default-16
python -m training.train --recipe training/recipes/default-17.toml --data ../shared/data --out runs/default-17
python -m training.average runs/default-{15,16,17}/best runs/0.8.0 --out runs/0.9.0 --version 0.9.0
python -m training.names_head --model runs/0.9.0 --data ../shared/data
python -m training.calibrate --model runs/0.9.0 --data ../shared/data
# from there on, three seeds of one recipe, and from their mean on, texts in British spelling
python -m training.train --recipe training/recipes/default-18.toml --data ../shared/data --out runs/default-18-181
python -m training.train --recipe training/recipes/default-18.toml --seed 182 --data ../shared/data --out runs/default-18-182
python -m training.train --recipe training/recipes/default-18.toml --seed 183 --data ../shared/data --out runs/default-18-183
python -m training.average runs/default-18-{181,182,183}/best --out runs/0.9.1 --version 0.9.1
python -m training.train --recipe training/recipes/default-19.toml --data ../shared/data --out runs/default-19
python -m training.average runs/0.9.1 runs/default-19/best --out runs/0.10.0 --version 0.10.0
python -m training.names_head --model runs/0.10.0 --data ../shared/data
python -m training.calibrate --model runs/0.10.0 --data ../shared/data
# from there on, a short epoch for spans
python -m training.train --recipe training/recipes/default-20.toml --data ../shared/data --out runs/default-20
python -m training.average runs/0.10.0 runs/default-20/best --out runs/0.10.1 --version 0.10.1
python -m training.names_head --model runs/0.10.1 --data ../shared/data
# from there on, a short epoch with R-Drop
python -m training.train --recipe training/recipes/default-21.toml --data ../shared/data --out runs/default-21
python -m training.average runs/0.10.1 runs/default-21/best --out runs/0.11.0 --version 0.11.0
python -m training.names_head --model runs/0.11.0 --data ../shared/data
python -m training.calibrate --model runs/0.11.0 --data ../shared/data
cp runs/0.11.0/* models/default/
