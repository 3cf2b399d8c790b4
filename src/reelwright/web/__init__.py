"""The service: HTTP for apps, the page for viewers. Built on the feed; no logic of its own."""
