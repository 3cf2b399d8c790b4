"""Autoregressive sequences: P(y) = Π P(y_t | y_<t, x), over characters, words or music.

`texts` and `score` (with `abc` and `midi`) read what is to be learnt into pieces, `tokens` and
`coding` number them, `networks` and `learning` fit a cell by cross-entropy, `stepping` runs a
fitted one a token at a time without torch, `sampling` and `writing` draw from it, `judging` says
how much a text surprises it. `kind` ties them to `reel train`. `keras_lstm` is the same LSTM for
Keras 3.
"""
