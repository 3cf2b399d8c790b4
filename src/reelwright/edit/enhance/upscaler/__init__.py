"""A small network that makes pictures larger: `reel train upscaler`."""
