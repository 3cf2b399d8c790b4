"""Video from video: a codec within frames, a relation between them, clean-up, a clip.

Two tasks share the parts:

- **predict**: what comes next. `clips` reads what is learnt from, `codecs` (VAE, VQ-VAE) or
  `layers` (things that move before a ground) turn frames into codes, `relations` (LSTM, ConvLSTM,
  Transformer) continue the codes, `predicting` fits both with the trainer.
- **background**: endless new footage of water, fire, clouds, traffic. `filming` reads the clip and
  says whether it fits, `subspace` is its linear codec, `dynamics` the LSTM over its codes, `paths`
  says which moments of the clip lend their detail, `weaving` draws the new frames.

`cleaning` denoises and deflickers over time, `figures` judges.
"""
