"""Floor 1: the outside world and somebody else's weights, one file a provider."""
