"""The library: the person's material, collected, cleaned, annotated and found again."""
