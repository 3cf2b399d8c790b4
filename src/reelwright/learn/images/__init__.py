"""Textures and abstract backgrounds learnt from a folder of pictures: a GAN and a VAE.

`pictures` reads the folder and cuts patches, `networks`, `losses` and `augment` are what learns,
`gan` and `vae` are the trainer's tasks, `noise` is what pictures are drawn from, `drawing` draws
them, `judging` says how good they are.
"""
