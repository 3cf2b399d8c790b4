"""A small network that takes noise out of pictures and footage: `reel train denoiser`."""
