"""Floor 1: the project folder, content-addressed artefacts and the steps that make them."""
