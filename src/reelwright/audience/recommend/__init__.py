"""Recommenders: one file each, behind one interface (`recommender.py`)."""
