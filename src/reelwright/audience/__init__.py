"""The audience: what viewers did, what is known of them, and what they should see next."""
