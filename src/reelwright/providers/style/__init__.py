"""Pictures painted anew: see `reelwright.core.ports.PictureStyle`."""
