"""Floor 2: assemble a timeline, render it in one pass, export it to other editors."""
